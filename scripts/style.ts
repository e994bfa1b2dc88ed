/**
 * Checks the English of documents, messages, comments and templates against a list of constructions
 * that readers stumble over: `npm run check` runs it. Prints one line per place; exit code 1.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

interface Construction {
  readonly pattern: RegExp;
  readonly instead: string;
}

const units =
  'column|correlation|detection|event|field|file|group|hit|level|line|minute|pack|page|query|request|rule|search|server|stanza|stream|test|user|value|version';
const constructions: readonly Construction[] = [
  { pattern: /(?<!\bthere )\b(?:is|are|was|were) none\b(?! of)/i, instead: '"is not a ..."' },
  {
    pattern:
      /(?<!\bthere )\b(?:is|are|was|were) no (?!different|findings|larger|longer|more|one|other|reason|room|such)/i,
    instead: '"is not a ..."',
  },
  { pattern: /\bstands? in\b/i, instead: '"is in"' },
  { pattern: /\btells\b/i, instead: '"reports", "says" or "shows"' },
  {
    pattern: new RegExp(
      `\\b(?:a|an|one) (?:address|alert|block|byte|command|connection|document|flag|folder|name|part|row|start|table|text|time|word|${units}) an? (?:${units})(?=[ .,;:)'"\`]|$)`,
      'i',
    ),
    instead: '"one ... per ..."',
  },
  { pattern: /\bthe same like\b|\bin dependence of\b|\binformations\b/i, instead: 'other words' },
];

const files = globSync(
  ['*.md', 'docs/**/*.md', 'src/**/*.ts', 'templates/**/*.{hbs,js,css}', 'templates/**/README*'],
  // made from the sources
  { cwd: root, exclude: ['docs/api.md'] },
).sort();

let found = 0;
for (const file of files) {
  const lines = readFileSync(join(root, file), 'utf8').split(/\r?\n/);
  for (const [index, line] of lines.entries())
    for (const { pattern, instead } of constructions) {
      const hit = pattern.exec(line);
      if (!hit) continue;
      found++;
      console.error(`${file}:${index + 1}:${hit.index + 1}: "${hit[0]}": write ${instead}`);
    }
}
if (found > 0) process.exitCode = 1;
