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
const names = [
  'rules',
  'rules-emerging-threats',
  'rules-threat-hunting',
  'rules-compliance',
  'rules-placeholder',
];
const bag = createBag();
const files = findRuleFiles(
  names.map((name) => join(shared, 'corpus', name)),
  bag,
);
const documents = files.flatMap((path) => readDocuments(readSourceFile(path, bag), bag).documents);
const collection = collect(documents, bag);
const compile = createCompiler(collection, { placeholders: new Map(), bag });
const rules = collection.rules.map(compile).filter((rule) => rule !== undefined);

/** The reason without what differs from rule to rule. */
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
  `${documents.length} rules are read; ${collection.rules.length - rules.length} of them can't be compiled for any target, nearly all for a placeholder without a value.`,
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
      const reason = kind(conversion.error[0]?.message ?? '');
      refused.set(reason, [...(refused.get(reason) ?? []), rule.rule.title]);
      continue;
    }
    converted++;
    if (conversion.diagnostics.some(({ code }) => code === 'TGT002')) widened++;
    if (conversion.value.queries.length > 1) several++;
  }
  lines.push(
    `| ${target.name} | ${converted} | ${rules.length - converted} | ${widened} | ${several} |`,
  );
  reasons.push(`### ${target.name}`, '');
  if (refused.size === 0) reasons.push('None.');
  for (const [reason, titles] of [...refused].sort((a, b) => b[1].length - a[1].length))
    reasons.push(`- ${titles.length}: ${reason} (such as "${titles[0]}")`);
  reasons.push('');
}
writeFileSync(join(root, 'docs', 'targets.md'), `${[...lines, ...reasons].join('\n').trimEnd()}\n`);
