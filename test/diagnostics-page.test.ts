import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { codeCatalogue } from '../src/source/code/catalogue.ts';
import { update } from './update.ts';

const path = new URL('../docs/diagnostics.md', import.meta.url);
const groups: Readonly<Record<string, string>> = {
  SIG: 'Rules',
  TGT: 'Targets',
  PIP: 'Pipelines',
  TST: 'Tests of rules',
  PCK: 'Packs',
  LCK: 'Releases',
  LNT: 'Checks of rules',
};

/**
 * The page anew: heading, severity and hint of each code from the catalogue, what else stands in a
 * section from the page as it is.
 */
function pageFrom(current: string): string {
  const [intro = '', ...sections] = current.split(
    /^#{2,3} (?=[A-Z]{3}\d{3}: |Rules$|Targets$|Pipelines$|Tests of rules$|Packs$|Releases$|Checks of rules$)/m,
  );
  const prose = new Map(
    sections.map((section) => [
      section.slice(0, 6),
      section.split('\n\n').slice(2).join('\n\n').trim(),
    ]),
  );
  let page = `${intro.trim()}\n`;
  let group = '';
  for (const [code, { title, severity, fatal, hint }] of Object.entries(codeCatalogue)) {
    const prefix = code.slice(0, 3);
    if (prefix !== group) page += `\n## ${groups[prefix]}\n`;
    group = prefix;
    const own = prose.get(code) ?? '';
    page += `\n### ${code}: ${title}\n\n**${severity}${fatal ? ', fixed' : ''}** · ${hint}\n${own === '' ? '' : `\n${own}\n`}`;
  }
  return page;
}

test('docs/diagnostics.md says of each code what the catalogue says', () => {
  const current = readFileSync(path, 'utf8');
  if (update) writeFileSync(path, pageFrom(current));
  expect(readFileSync(path, 'utf8')).toBe(pageFrom(current));
});
