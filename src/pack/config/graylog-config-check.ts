import type { NewDiagnostic } from '../../source/diagnostic.ts';
import { lookup, textOfScalar, type YamlNode } from '../../source/yaml/tree.ts';
import { criticalSince } from '../graylog/event-definition.ts';
import { notificationParameters, teamsSince } from '../graylog/notification/notification.ts';
import { titleTokens, unknownToken } from '../graylog/title.ts';
import { configDiagnostic } from '../settings/config-diagnostic.ts';

/** Checks keys of `graylog` that depend on one another. `minimum`: the oldest server. */
export function graylogDiagnostics(
  graylog: YamlNode | undefined,
  minimum: number,
): readonly NewDiagnostic[] {
  if (graylog === undefined) return [];
  return [
    ...titleDiagnostics(lookup(graylog, 'titlePrefix')),
    ...priorityDiagnostics(lookup(graylog, 'priority'), minimum),
    ...streamDiagnostics(lookup(graylog, 'streams'), lookup(graylog, 'streamParameter')),
    ...notificationDiagnostics(graylog, minimum),
  ];
}

function titleDiagnostics(prefix: YamlNode | undefined): readonly NewDiagnostic[] {
  const unknown = unknownToken(textOfScalar(prefix) ?? '');
  if (!prefix || unknown === undefined) return [];
  return [
    configDiagnostic(
      prefix,
      `\`titlePrefix\` has {${unknown}}, which stands for nothing`,
      `Tokens: ${titleTokens.map((name) => `{${name}}`).join(', ')}.`,
    ),
  ];
}

function priorityDiagnostics(
  priority: YamlNode | undefined,
  minimum: number,
): readonly NewDiagnostic[] {
  if (priority?.kind !== 'mapping' || minimum >= criticalSince) return [];
  return priority.pairs.flatMap(({ value }) =>
    textOfScalar(value) === '4'
      ? [
          configDiagnostic(
            value,
            'priority 4 is unknown to Graylog before 6.2',
            'Set `graylog.minimumServerVersion: 6.2.0`, or a lower priority.',
          ),
        ]
      : [],
  );
}

/** A parameter holds a single title, which replaces all others. */
function streamDiagnostics(
  streams: YamlNode | undefined,
  parameter: YamlNode | undefined,
): readonly NewDiagnostic[] {
  if (!streams || !parameter) return [];
  const hint =
    'Take `streamParameter` away, or leave one title under `streams`: it is the default of ' +
    'the parameter.';
  if (streams.kind !== 'sequence')
    return [
      configDiagnostic(streams, '`streams: all` and `streamParameter` say different things', hint),
    ];
  const found =
    `\`streams\` has ${streams.items.length} titles, and \`streamParameter\` asks for the one ` +
    'stream that is searched';
  return streams.items.length > 1 ? [configDiagnostic(streams, found, hint)] : [];
}

function notificationDiagnostics(graylog: YamlNode, minimum: number): readonly NewDiagnostic[] {
  const notification = lookup(graylog, 'notification');
  if (!notification) return [];
  const type = textOfScalar(lookup(notification, 'type'));
  const parameter = lookup(graylog, 'streamParameter');
  const found: NewDiagnostic[] = [];
  if (
    parameter &&
    Object.values<string>(notificationParameters).includes(textOfScalar(parameter) ?? '')
  )
    found.push(
      configDiagnostic(
        parameter,
        '`streamParameter` has the name of a parameter of the notification',
        'Take another name.',
      ),
    );
  if (type === 'teams' && minimum < teamsSince) {
    const message =
      'Graylog before 6.1 may break the message to Teams by a quotation mark in an event';
    found.push(
      configDiagnostic(
        notification,
        message,
        'Set `graylog.minimumServerVersion: 6.1.0`, or take `type: http`.',
      ),
    );
  }
  if (type === 'email' && !lookup(notification, 'recipients') && !lookup(notification, 'users'))
    found.push(
      configDiagnostic(
        notification,
        'the notification has no recipients',
        'Name mail addresses under `recipients`, or users of the server under `users`.',
      ),
    );
  return found;
}
