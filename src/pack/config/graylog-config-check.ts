import type { Complaint } from '../../source/diagnostic.ts';
import { lookup, type YamlNode } from '../../source/yaml.ts';
import { criticalSince } from '../graylog/event-definition.ts';
import { notificationParameters, teamsSince } from '../graylog/notification.ts';
import { titleTokens, unknownToken } from '../graylog/title.ts';
import { serverVersion } from '../settings/server-version.ts';

const defaultMinimum = '6.0.0';

/** What is wrong with keys of `graylog` that depend on one another. */
export function graylogComplaints(graylog: YamlNode | undefined): readonly Complaint[] {
  if (graylog === undefined) return [];
  const minimum =
    serverVersion(textOf(lookup(graylog, 'minimumServerVersion')) ?? defaultMinimum) ?? 0;
  return [
    ...titleComplaints(lookup(graylog, 'titlePrefix')),
    ...priorityComplaints(lookup(graylog, 'priority'), minimum),
    ...streamComplaints(lookup(graylog, 'streams'), lookup(graylog, 'streamParameter')),
    ...notificationComplaints(graylog, minimum),
  ];
}

const textOf = (node: YamlNode | undefined): string | undefined =>
  node?.kind === 'scalar' ? node.text : undefined;

const complaint = (node: YamlNode, message: string, hint: string): Complaint => ({
  code: 'PCK001',
  message,
  hint,
  span: { start: node.start, end: node.end },
});

function titleComplaints(prefix: YamlNode | undefined): readonly Complaint[] {
  const unknown = unknownToken(textOf(prefix) ?? '');
  if (!prefix || unknown === undefined) return [];
  return [
    complaint(
      prefix,
      `\`titlePrefix\` has {${unknown}}, which stands for nothing`,
      `Tokens: ${titleTokens.map((name) => `{${name}}`).join(', ')}.`,
    ),
  ];
}

function priorityComplaints(priority: YamlNode | undefined, minimum: number): readonly Complaint[] {
  if (priority?.kind !== 'mapping' || minimum >= criticalSince) return [];
  return priority.pairs.flatMap(({ value }) =>
    textOf(value) === '4'
      ? [
          complaint(
            value,
            'priority 4 is unknown to Graylog before 6.2',
            'Set `graylog.minimumServerVersion: 6.2.0`, or a lower priority.',
          ),
        ]
      : [],
  );
}

/** A parameter holds one title, which stands in place of all others. */
function streamComplaints(
  streams: YamlNode | undefined,
  parameter: YamlNode | undefined,
): readonly Complaint[] {
  if (!streams || !parameter) return [];
  const hint =
    'Take `streamParameter` away, or leave one title under `streams`: it is the default of ' +
    'the parameter.';
  if (streams.kind !== 'sequence')
    return [complaint(streams, '`streams: all` and `streamParameter` say different things', hint)];
  const found =
    `\`streams\` has ${streams.items.length} titles, and \`streamParameter\` asks for the one ` +
    'stream that is searched';
  return streams.items.length > 1 ? [complaint(streams, found, hint)] : [];
}

function notificationComplaints(graylog: YamlNode, minimum: number): readonly Complaint[] {
  const notification = lookup(graylog, 'notification');
  if (!notification) return [];
  const type = textOf(lookup(notification, 'type'));
  const parameter = lookup(graylog, 'streamParameter');
  const found: Complaint[] = [];
  if (parameter && Object.values<string>(notificationParameters).includes(textOf(parameter) ?? ''))
    found.push(
      complaint(
        parameter,
        '`streamParameter` has the name of a parameter of the notification',
        'Take another name.',
      ),
    );
  if (type === 'teams' && minimum < teamsSince) {
    const message =
      'Graylog before 6.1 may break the message to Teams by a quotation mark in an event';
    found.push(
      complaint(
        notification,
        message,
        'Set `graylog.minimumServerVersion: 6.1.0`, or take `type: http`.',
      ),
    );
  }
  if (type === 'email' && !lookup(notification, 'recipients') && !lookup(notification, 'users'))
    found.push(
      complaint(
        notification,
        'the notification has no recipients',
        'Name mail addresses under `recipients`, or users of the server under `users`.',
      ),
    );
  return found;
}
