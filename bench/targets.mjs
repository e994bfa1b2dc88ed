// npm run targets: converts the whole corpus to every target and writes docs/targets.md.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultTargetSettings, targets } from '../dist/modules/backend/registry.js';
import { readSourceFile } from '../dist/modules/cli/files/rule-files.js';
import { createCompiler } from '../dist/modules/query/compile.js';
import { collect } from '../dist/modules/sigma/collection/collection.js';
import { readDocuments } from '../dist/modules/sigma/collection/document.js';
import { createBag } from '../dist/modules/source/diagnostic.js';
import { findRuleFiles } from './rule-files.mjs';

const root = join(import.meta.dirname, '..');
const shared = process.env.SIGPACK_SHARED ?? join(root, '..', 'shared');
const bag = createBag();
const documentsOf = (names) =>
  findRuleFiles(
    names.map((name) => join(shared, 'corpus', name)),
    bag,
  ).flatMap((path) => readDocuments(readSourceFile(path, bag), bag).documents);
const usual = documentsOf(['rules', 'rules-emerging-threats', 'rules-threat-hunting']);
const others = documentsOf(['rules-compliance', 'rules-placeholder']);
const documents = [...usual, ...others];
const number = (count) => count.toLocaleString('en-US');
const collection = collect(documents, bag);
const compile = createCompiler(collection, { placeholders: new Map(), bag });
const rules = collection.rules.map(compile).filter((rule) => rule !== undefined);

/** The reason without what differs from rule to rule, to count by. */
const kind = (message) =>
  message
    .replace(/`[^`]*`/g, '…')
    .replace(/\d[\d,.:a-f/]*/g, '…')
    .replace(/\s+/g, ' ');

const lines = [
  '# Targets',
  '',
  'Written by `npm run targets`: every rule of the SigmaHQ corpus converted to every target, without a processing pipeline.',
  '',
  `${number(documents.length)} rules are read: the ${number(usual.length)} of \`rules\`, \`rules-emerging-threats\` and \`rules-threat-hunting\`, which other pages count, and ${number(others.length)} of \`rules-compliance\` and \`rules-placeholder\`. ${number(collection.rules.length - rules.length)} of them can't be compiled for any target, nearly all for a placeholder without a value.`,
  '',
  '| target | converted | refused | widened, with a warning | several queries |',
  '| --- | --- | --- | --- | --- |',
];
const reasons = ['', '## Why rules are refused', ''];
for (const target of targets) {
  const refused = new Map();
  let converted = 0;
  let widened = 0;
  let several = 0;
  for (const rule of rules) {
    const conversion = target.convert(rule, defaultTargetSettings);
    if (!conversion.ok) {
      const { message } = conversion.error[0];
      const reason = kind(message);
      refused.set(reason, [...(refused.get(reason) ?? []), { message, title: rule.rule.title }]);
      continue;
    }
    converted++;
    if (conversion.diagnostics.some(({ code }) => code === 'TGT002')) widened++;
    if (conversion.value.queries.length > 1) several++;
  }
  lines.push(
    `| ${target.name} | ${[converted, rules.length - converted, widened, several].map(number).join(' | ')} |`,
  );
  reasons.push(`### ${target.name}`, '');
  if (refused.size === 0) reasons.push('None.');
  for (const [first, ...more] of [...refused.values()].sort((a, b) => b.length - a.length))
    reasons.push(
      `- ${number(more.length + 1)}${more.length > 0 ? ', such as' : ','} "${first.title}": ${first.message}`,
    );
  reasons.push('');
}
writeFileSync(join(root, 'docs', 'targets.md'), `${[...lines, ...reasons].join('\n').trimEnd()}\n`);
