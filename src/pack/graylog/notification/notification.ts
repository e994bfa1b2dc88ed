import { type Level, levels } from '../../../sigma/rule/rule.ts';
import type { JsonSchema } from '../../../source/schema/json-schema.ts';
import { list, map, type Properties } from '../../../source/schema/schema-builder.ts';
import { uuidV5 } from '../../../source/uuid.ts';
import type { PackInfo } from '../../model/detection.ts';
import {
  flagValue,
  graylogPackId,
  type PackEntity,
  parameterValue,
  serverConstraints,
  textValue,
  type ValueReference,
} from '../../model/pack-entity.ts';
import { versionNumber } from '../../settings/server-version.ts';
import type { PackParameter } from '../stream-reference.ts';
import { type NotificationTexts, searchTexts } from './message.ts';

/**
 * `graylog.notification` of sigpack.yml. It has no addresses of servers: they are given at
 * installation.
 */
export type NotificationChoice = NotificationRange &
  (
    | { readonly type: 'http' | 'slack' | 'teams' }
    | {
        readonly type: 'email';
        readonly recipients?: readonly string[];
        readonly users?: readonly string[];
      }
  );

interface NotificationRange {
  /** Definitions below this level send no notifications. */
  readonly minimumLevel?: Level;
}

export type NotificationEntity = PackEntity<
  'notification',
  {
    readonly title: ValueReference<string>;
    readonly description: ValueReference<string>;
    readonly config: NotificationConfig;
  }
>;

/** Keys of the server's entity: references, except for lists, which can't refer to a parameter. */
export type NotificationConfig = Readonly<
  Record<string, string | ValueReference | readonly string[]>
> & { readonly type: string };

export interface PackNotification {
  readonly entity: NotificationEntity;
  readonly parameters: readonly PackParameter[];
  readonly notifies: (level: Level) => boolean;
}

/** The first server that escapes values in the card of Teams for JSON. */
export const teamsSince = versionNumber(6, 1);

/** Names of the parameters. */
export const notificationParameters = {
  url: 'NOTIFICATION_URL',
  channel: 'NOTIFICATION_CHANNEL',
  sender: 'NOTIFICATION_SENDER',
} as const;

export function packNotification(
  info: PackInfo,
  minimum: string,
  choice: NotificationChoice,
  texts: NotificationTexts = searchTexts,
): PackNotification {
  const { minimumLevel = 'informational' } = choice;
  const entity: NotificationEntity = {
    v: '1',
    type: { name: 'notification', version: '1' },
    id: uuidV5(graylogPackId(info), 'notification'),
    constraints: serverConstraints(minimum),
    data: {
      title: textValue(info.title),
      description: textValue(`Alerts of ${info.title}`),
      config: configOf(choice, texts),
    },
  };
  const lowest = levels.indexOf(minimumLevel);
  return {
    entity,
    parameters: parametersOf(choice),
    notifies: (level) => levels.indexOf(level) >= lowest,
  };
}

function configOf(choice: NotificationChoice, texts: NotificationTexts): NotificationConfig {
  const url = parameterValue(notificationParameters.url);
  switch (choice.type) {
    case 'http':
      return { type: 'http-notification-v1', url };
    case 'teams':
      return {
        type: 'teams-notification-v2',
        webhook_url: url,
        adaptive_card: textValue(texts.adaptiveCard),
        time_zone: textValue('UTC'),
      };
    case 'email':
      return {
        type: 'email-notification-v1',
        sender: parameterValue(notificationParameters.sender),
        subject: textValue(texts.mailSubject),
        body_template: textValue(texts.mailBody),
        html_body_template: textValue(''),
        email_recipients: choice.recipients ?? [],
        user_recipients: choice.users ?? [],
        time_zone: textValue('UTC'),
      };
    case 'slack':
      return {
        type: 'slack-notification-v1',
        color: textValue('#FF0000'),
        webhook_url: url,
        channel: parameterValue(notificationParameters.channel),
        custom_message: textValue(texts.slackMessage),
        user_name: textValue('Graylog'),
        notify_channel: flagValue(false),
        notify_here: flagValue(false),
        link_names: flagValue(false),
        icon_url: textValue(''),
        icon_emoji: textValue(''),
        time_zone: textValue('UTC'),
        // the server's title would include the whole description of the definition
        include_title: flagValue(false),
      };
  }
}

function parametersOf({ type }: NotificationChoice): readonly PackParameter[] {
  const one = (name: string, title: string, description: string, value = ''): PackParameter => ({
    name,
    title,
    description,
    type: 'string',
    default_value: value,
  });
  const { url, channel, sender } = notificationParameters;
  if (type === 'email')
    return [one(sender, 'Sender', 'Address that mails come from.', 'graylog@localhost')];
  const address = one(
    url,
    'Address of notifications',
    'The URL that alerts are sent to. The server’s URL allowlist must have it.',
  );
  return type === 'slack'
    ? [address, one(channel, 'Slack channel', 'The channel that alerts go to.', '#alerts')]
    : [address];
}

const names = (description: string, pattern: string) =>
  list({ type: 'string', pattern, description: 'An entry.' }, description, { minItems: 1 });
const branch = <const Type extends NotificationChoice['type'], const More extends Properties>(
  type: Type,
  more: More,
) => {
  const minimumLevel = {
    enum: levels,
    default: 'informational',
    description: 'Definitions below this level notify nobody.',
  } as const;
  const properties = { type: { const: type }, minimumLevel, ...more };
  return map(properties, 'type: email, http, slack or teams.', ['type']);
};

export const notificationSchema = {
  description:
    'A notification in the pack that the event definitions name. Its address is a parameter of ' +
    'the pack. None where the key is missing.',
  oneOf: [
    branch('email', {
      recipients: names(
        'Mail addresses. Graylog takes no parameter for them.',
        '^[^\\s@\\p{Cc}]+@[^\\s@\\p{Cc}]+$',
      ),
      users: names(
        'Names of users of the server, whose mail addresses it knows.',
        '^[^\\s\\p{Cc}]+$',
      ),
    }),
    branch('http', {}),
    branch('slack', {}),
    branch('teams', {}),
  ],
} as const satisfies JsonSchema;
