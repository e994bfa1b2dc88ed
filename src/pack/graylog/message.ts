import { sigmaFields } from './event-fields.ts';

const { level, id, techniques } = sigmaFields;

/**
 * In the syntax of Graylog's templates (JMTE). What a rule or an event says is put in by the
 * server, and is no template there.
 */
const field = (name: string): string => `\${event.fields.${name}}`;

/** Where the definition shows its remediation steps. */
const remediation = `\${http_external_uri}alerts/definitions/\${event_definition_id}`;
/** Where the messages of the event are. */
const messages = `\${http_external_uri}alerts/\${event.id}/replay-search`;
const eachField = (line: string): string => `\${foreach event.fields field}${line}\${end}`;

export const mailSubject = `[${field(level)}] \${event_definition_title}`;

/** Plain text: a mail as HTML would have to trust what the server makes of an event's own texts. */
export const mailBody = `\${event_definition_title}

Level:      ${field(level)}
Priority:   \${event.priority}
Time:       \${event.timestamp}
Techniques: ${field(techniques)}
Rule:       ${field(id)}

${eachField(`\${field.key}: \${field.value}\n`)}
What to do: ${remediation}

\${event_definition_description}
`;

/**
 * Without what an event says: Slack reads `<!channel>` and links in it, and a template has no
 * escape for them.
 */
export const slackMessage = `*\${event_definition_title}*
Level ${field(level)}, priority \${event.priority}, \${event.timestamp}
Techniques: ${field(techniques)}
Rule: ${field(id)}

<${messages}|Messages of the event>
<${remediation}|What to do>`;

const block = (text: string, more: object = {}): object => ({
  type: 'TextBlock',
  text,
  wrap: true,
  ...more,
});

/**
 * The server escapes the values for JSON, from 6.1 on. Teams reads Markdown in them, so what an
 * event says is not there.
 */
export const adaptiveCard = JSON.stringify(
  {
    contentType: 'application/vnd.microsoft.card.adaptive',
    content: {
      $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
      type: 'AdaptiveCard',
      version: '1.4',
      body: [
        block(`\${event_definition_title}`, { size: 'Large', weight: 'Bolder' }),
        block(`Level ${field(level)}, priority \${event.priority}, \${event.timestamp}`),
        {
          type: 'FactSet',
          facts: [
            { title: 'Techniques', value: field(techniques) },
            { title: 'Rule', value: field(id) },
          ],
        },
        block(`[Messages of the event](${messages})`),
        block(`[What to do](${remediation})`),
      ],
    },
  },
  null,
  2,
);
