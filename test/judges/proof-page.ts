/**
 * node test/judges/proof-page.ts VERSION...: writes docs/proof.md from what proof-*.ts and
 * graylog/proof.ts have found; VERSION as for the latter.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './places.ts';
import { correlationSection, correlationVerdicts } from './proof-alerts.ts';
import { isRed, type Verdict, verdictsOf } from './proof-verdict.ts';

const page = join(root, 'docs', 'proof.md');
const graylog = process.argv
  .slice(2)
  .flatMap((version) => [`graylog-${version}`, `graylog-ingest-${version}`]);
const verdicts = ['opensearch', ...graylog, 'splunk', 'grep'].flatMap(verdictsOf);
const ours = verdicts.filter(({ strict }) => strict);
const theirs = verdicts.filter(({ strict }) => !strict);
const number = (value: number): string => value.toLocaleString('en');

const row = ({
  engine,
  converter,
  rules,
  refused,
  recall,
  events,
  meant,
  disagreements,
}: Verdict): string =>
  `| ${engine} | ${converter} | ${recall} of ${rules} | ${refused.length} | ${number(events)} | ${number(meant)} | ${disagreements.length} |`;

const table = (
  rows: readonly Verdict[],
): string => `| engine | converter | own event found | refused | events | pairs meant | rules that disagree |
| --- | --- | --- | --- | --- | --- | --- |
${rows.map(row).join('\n')}`;

/**
 * Every rule that is not as the table's best: with the reason, once for all engines that give the
 * same.
 */
function exceptions(): string {
  const lines = new Map<string, Set<string>>();
  const add = (line: string, converter: string): void => {
    lines.set(line, (lines.get(line) ?? new Set()).add(converter));
  };
  for (const { converter, engine, refused, widened, disagreements } of ours) {
    for (const { title, reason } of refused) add(`*${title}* is refused: ${reason}`, converter);
    for (const title of engine.startsWith('GNU grep') ? [] : widened)
      add(`*${title}* finds more, as its warning TGT002 says`, converter);
    for (const { title, missed, extra } of disagreements)
      add(`*${title}*: ${missed} events too few, ${extra} too many`, `${converter} on ${engine}`);
  }
  return [...lines]
    .map(([line, converters]) => `- ${line} (${[...converters].join('; ')}).`)
    .join('\n');
}

const text = `# Proof

Written by \`bash test/judges/run.sh proof\`, which \`.ci/run\` runs, too. The rules of the SigmaHQ corpus that have
recorded events are converted; each query runs over all recorded events and over near misses of them (letter case
flipped, dashes and slashes swapped, something put before, after or inside, blanks doubled, fields dropped). It must
find what the rule means by Sigpack's matcher (\`sigpack test\`); a second, plain matcher of the tests has to agree with
that on every event.

- *own event found*: rules that find at least one of the events that were recorded for them.
- *events*: recorded ones and near misses, as the engine stores them.
- *pairs meant*: pairs of a rule and an event that it means; all of them must be found, and no others.
- *rules that disagree*: rules that find too few events or too many.

## Sigpack

${table(ours)}

Exceptions, each with its reason:

${exceptions()}

grep reads a line as one text: it knows neither the fields nor where their values end, so a command may find more: ${number(verdictsOf('grep')[0]?.extra ?? 0)} pairs
of a rule and a line in all. The run fails if there are more than known.

${correlationSection(correlationVerdicts())}
## Other converters on the same engines

sigma-cli (pySigma) and sigmac, by default settings; a rule that they refuse counts as refused, not as a disagreement.

${table(theirs)}

The many rules that disagree on an index mapped as Graylog maps do so for letter case: Sigma's values ignore it, the
index's keywords don't, and a plain query finds only the spelling of the rule.

## The engines

- OpenSearch 2.19.6 (Lucene 9.12.3). *Mapped as Graylog maps*: texts are plain keywords, without empty texts and
  without blanks around them. *Mapped as ECS maps*: the fields of the Elastic Common Schema by their types, keywords
  up to 1,024 characters, addresses as \`ip\`, \`message\` and the PowerShell texts of Winlogbeat analysed. Its \`wildcard\`
  fields are keywords of any length there: OpenSearch 2.19 finds nothing in a field of its own type \`wildcard\` through
  \`query_string\`, not even \`*abc*\`. With that type in OpenSearch, no query string works, including Sigpack's.
- Graylog itself: the content pack is uploaded and installed; recorded events and some of the near misses are sent as
  GELF; the definitions run every ten seconds. The alerts' messages must be those that the rule means. The storage
  behind it is OpenSearch, by a plugin written for the judge.
- Graylog at ingest: all rules of the corpus are installed as pipeline rules, beside a content pack of those with
  events and their rules after the pipelines of three products; the server's parser must take every text. The tags
  (\`sigma_rules\`) of each message in the index must be what the rules mean, also those of the rules without events
  of their own; each tag must have its hit in the stream of detections, each hit of the pack its alert; no temporary
  field may be left.
- SPL: no engine is publicly available. A reader written for the tests from Splunk's search reference, without any
  import from Sigpack's backends, runs the searches, also those of sigma-cli and sigmac.
- GNU grep, the real one, over one line of JSON per event.
`;
writeFileSync(page, text);
if (verdicts.some(isRed)) process.exitCode = 1;
