import { linkName, sigmaFields } from '../event-fields.ts';

const { level, id, techniques, rule } = sigmaFields;

/**
 * In the syntax of Graylog's templates (JMTE). The server inserts texts of rules and events, which
 * are not parsed as templates.
 */
const field = (name: string): string => `\${event.fields.${name}}`;

/** The remediation steps of the definition. */
const remediation = `\${http_external_uri}alerts/definitions/\${event_definition_id}`;
/** The messages of the event. */
const messages = `\${http_external_uri}alerts/\${event.id}/replay-search`;
const eachField = (line: string): string => `\${foreach event.fields field}${line}\${end}`;

/** Texts of a notification. `title`: what names the rule in a template. */
export interface NotificationTexts {
  readonly mailSubject: string;
  /** Plain text: HTML would rely on how the server escapes the texts of an event. */
  readonly mailBody: string;
  readonly slackMessage: string;
  readonly adaptiveCard: string;
}

const block = (text: string, more: object = {}): object => ({
  type: 'TextBlock',
  text,
  wrap: true,
  ...more,
});

/** `links`: events have the address of their rule, which Sigpack has encoded. */
const textsWith = (title: string, links = false): NotificationTexts => ({
  mailSubject: `[${field(level)}] ${title}`,
  mailBody: `${title}

Level:      ${field(level)}
Priority:   \${event.priority}
Time:       \${event.timestamp}
Techniques: ${field(techniques)}
Rule:       ${field(id)}

${eachField(`\${field.key}: \${field.value}\n`)}
What to do: ${remediation}

\${event_definition_description}
`,
  // without texts of an event: Slack interprets `<!channel>` and links in it, and a template can't
  // escape them
  slackMessage: `*${title}*
Level ${field(level)}, priority \${event.priority}, \${event.timestamp}
Techniques: ${field(techniques)}
Rule: ${field(id)}

<${messages}|Messages of the event>${links ? `\n<${field(linkName)}|The rule>` : ''}
<${remediation}|What to do>`,
  // the server escapes the values for JSON from 6.1 on. Teams interprets Markdown in them, so texts
  // of an event are left out
  adaptiveCard: JSON.stringify(
    {
      contentType: 'application/vnd.microsoft.card.adaptive',
      content: {
        $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
        type: 'AdaptiveCard',
        version: '1.4',
        body: [
          block(title, { size: 'Large', weight: 'Bolder' }),
          block(`Level ${field(level)}, priority \${event.priority}, \${event.timestamp}`),
          {
            type: 'FactSet',
            facts: [
              { title: 'Techniques', value: field(techniques) },
              { title: 'Rule', value: field(id) },
            ],
          },
          block(`[Messages of the event](${messages})`),
          ...(links ? [block(`[The rule](${field(linkName)})`)] : []),
          block(`[What to do](${remediation})`),
        ],
      },
    },
    null,
    2,
  ),
});

/** Where each rule has an event definition: the title of that. */
export const searchTexts = textsWith(`\${event_definition_title}`);
/** Where rules share event definitions: the event names the rule. */
export const ingestTexts = (links: boolean): NotificationTexts => textsWith(field(rule), links);
