// npm run coverage: runs every built-in bundle of pipelines over the corpus and writes
// docs/pipeline-coverage.md.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSourceFile } from '../dist/modules/cli/files/rule-files.js';
import { loadPipelines } from '../dist/modules/cli/project/pipeline-files.js';
import { bundles } from '../dist/modules/pipeline/bundle.js';
import { logSourceText } from '../dist/modules/pipeline/describe.js';
import { createProcessor } from '../dist/modules/pipeline/run/process.js';
import { createCombiner, createSettler } from '../dist/modules/query/compile.js';
import { neverTrue } from '../dist/modules/query/never-true.js';
import { collect } from '../dist/modules/sigma/collection/collection.js';
import { readDocuments } from '../dist/modules/sigma/collection/document.js';
import { createBag } from '../dist/modules/source/diagnostic.js';
import { findRuleFiles } from './rule-files.mjs';

const root = join(import.meta.dirname, '..');
const shared = process.env.SIGPACK_SHARED ?? join(root, '..', 'shared');
const bag = createBag();
const files = findRuleFiles(
  ['rules', 'rules-emerging-threats', 'rules-threat-hunting'].map((name) =>
    join(shared, 'corpus', name),
  ),
  bag,
);
const collection = collect(
  files.flatMap((path) => readDocuments(readSourceFile(path, bag), bag).documents),
  bag,
);
const settle = createSettler(collection, { placeholders: new Map(), bag, keepPlaceholders: true });
const rules = collection.rules.flatMap((rule) => settle(rule) ?? []);
const isWindows = ({ rule }) => rule.logsource?.product === 'windows';

const lines = [
  '# Coverage of the built-in pipelines',
  '',
  `Written by \`npm run coverage\`: the ${rules.length} rules of the SigmaHQ corpus through each bundle. A rule is covered if every field in`,
  'it has a name in the product; [pipelines-windows.md](pipelines-windows.md) and [pipelines-other.md](pipelines-other.md)',
  'explain why the others are not covered.',
  '',
  '| bundle | Windows rules | covered | other rules | covered | log source unknown | refused |',
  '| --- | --- | --- | --- | --- | --- | --- |',
];
const details = [];
const impossible = [];
for (const [name, { pipelines }] of bundles) {
  const process = createProcessor(loadPipelines(pipelines, root, bag), { bag: createBag() });
  const count = {
    windows: 0,
    windowsCovered: 0,
    other: 0,
    otherCovered: 0,
    unknown: 0,
    refused: 0,
  };
  const unmapped = new Map();
  const left = [];
  for (const rule of rules) {
    const processed = process(rule);
    const processing = processed?.processing;
    const compiled = processed && createCombiner(createBag())(processed);
    const never = compiled && neverTrue(compiled);
    if (never)
      left.push({
        source: logSourceText(processing.logsource ?? {}),
        rule: rule.rule,
        fields: never.fields,
      });
    const group = isWindows(rule) ? 'windows' : 'other';
    count[group]++;
    if (!processing) count.refused++;
    else if (!processing.known) count.unknown++;
    else if (processing.unmapped.length === 0) count[`${group}Covered`]++;
    for (const field of processing?.unmapped ?? []) {
      const source = logSourceText(processing.logsource ?? {});
      const fields = unmapped.get(source) ?? new Map();
      fields.set(field, (fields.get(field) ?? 0) + 1);
      unmapped.set(source, fields);
    }
  }
  lines.push(
    `| \`${name}\` | ${count.windows} | ${count.windowsCovered} | ${count.other} | ${count.otherCovered} | ${count.unknown} | ${count.refused} |`,
  );
  details.push(
    '',
    `## ${name}`,
    '',
    `Pipelines: ${pipelines.map((one) => `\`${one}\``).join(', ')}.`,
    '',
    '| log source | unmapped fields, with their rules |',
    '| --- | --- |',
  );
  for (const [source, fields] of [...unmapped].sort((a, b) => (a[0] < b[0] ? -1 : 1))) {
    details.push(
      `| ${source} | ${[...fields]
        .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
        .map(([field, number]) => `\`${field.replaceAll('|', '\\|')}\` ${number}`)
        .join(', ')} |`,
    );
  }
  if (unmapped.size === 0) details.splice(-2, 2, 'No field stays unmapped.');
  impossible.push({ name, left });
}

const ofRules = (number) => (number === 1 ? '1 rule' : `${number} rules`);
const never = [
  '',
  '## Rules that can never be true',
  '',
  'Rules whose condition is false for every event, since by the bundle no event of the log source has a field that they need',
  '(PIP007). They are left out of the target, or built switched off with `unmatchable: disable`; none is enabled. For Windows',
  'the bundles know every field; elsewhere only the fields in [pipelines-other.md](pipelines-other.md#what-products-lack)',
  'count, and any other unmapped field stays a warning (PIP003): its name may be right in your data.',
  '',
  '| bundle | left out | of these stable or test |',
  '| --- | --- | --- |',
  ...impossible.map(({ name, left }) => {
    const active = left.filter(
      ({ rule }) => rule.status === 'stable' || rule.status === 'test',
    ).length;
    return `| \`${name}\` | ${left.length} | ${active} |`;
  }),
];
for (const { name, left } of impossible) {
  never.push('', `### ${name}: rules that can never be true`, '');
  if (left.length === 0) {
    never.push('None.');
    continue;
  }
  never.push('| log source | rules | fields that no event has |', '| --- | --- | --- |');
  const sources = new Map();
  for (const one of left) sources.set(one.source, [...(sources.get(one.source) ?? []), one]);
  for (const [source, rules] of [...sources].sort((a, b) => (a[0] < b[0] ? -1 : 1))) {
    const fields = [...new Set(rules.flatMap((one) => one.fields))].sort();
    const names = fields.map((field) => `\`${field.replaceAll('|', '\\|')}\``).join(', ');
    const titles =
      rules.length > 8
        ? ''
        : `: ${rules.map(({ rule }) => rule.title.replaceAll('|', '\\|')).join('; ')}`;
    never.push(`| ${source} | ${ofRules(rules.length)}${titles} | ${names} |`);
  }
}
writeFileSync(
  join(root, 'docs', 'pipeline-coverage.md'),
  `${[...lines, ...never, ...details].join('\n')}\n`,
);
