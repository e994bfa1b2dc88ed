import { sigmaFields } from './event-fields.ts';

const { level, id, techniques } = sigmaFields;

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

export const mailSubject = `[${field(level)}] \${event_definition_title}`;

/** Plain text: HTML would rely on how the server escapes the texts of an event. */
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
 * Without texts of an event: Slack interprets `<!channel>` and links in it, and a template can't
 * escape them.
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
 * The server escapes the values for JSON from 6.1 on. Teams interprets Markdown in them, so texts
 * of an event are left out.
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
