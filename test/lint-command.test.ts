import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { reportFormats } from '../src/cli/report/format-names.ts';
import { presetSeverity } from '../src/lint/check.ts';
import { lintPresets } from '../src/pack/config/lint-preset.ts';
import { validatorCodes } from '../src/pack/config/validator-codes.ts';
import { codeCatalogue } from '../src/source/code/catalogue.ts';
import { codeIn } from './page-blocks.ts';
import { anyEvents, type Files, projectIn } from './project-folder.ts';
import { sigpack } from './sigpack.ts';

const temporary = mkdtempSync(join(tmpdir(), 'sigpack-lint-'));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

const page = readFileSync(new URL('../docs/lint.md', import.meta.url), 'utf8');
const id = '7e1f9b0c-4a58-4f0e-9c7e-0f6f3d0e5b11';
/** SIG028 of every command, LNT002 of the preset default, LNT024 of pysigma, LNT049 of sigmahq. */
const rule = `title: Rule
id: ${id}
status: test
related: [{ id: 00000000-0000-4000-8000-000000000000, type: similar }]
fields: [A]
logsource: { product: windows }
detection:
  selection: { A|all: [x, y], B|cidr: 10.0.0.1/8, C: '4' }
  condition: selection
`;

/**
 * The codes that a command tells of the rule, without those of SigmaHQ that every short rule gets.
 */
async function codes(
  command: readonly string[],
  config = '',
  more: Files = {},
): Promise<readonly string[]> {
  const folder = projectIn(temporary, {
    'rules/rule_one.yml': rule,
    'sigpack.yml': `${anyEvents}${config}`,
    ...more,
  });
  const { stdout } = await sigpack([...command, '-f', 'json'], { cwd: folder });
  const { diagnostics } = JSON.parse(stdout) as {
    readonly diagnostics: readonly { readonly code: string }[];
  };
  return [...new Set(diagnostics.map(({ code }) => code))]
    .filter((code) => /SIG028|LNT0(?:02|24|48|49)/.test(code))
    .sort();
}

describe('which checks are made', () => {
  test.each<readonly [command: readonly string[], config: string, codes: string]>([
    [['check'], '', 'LNT002 SIG028'],
    [['check', '--preset', 'none'], '', 'SIG028'],
    [['check', '--preset', 'pysigma'], '', 'LNT002 LNT024 SIG028'],
    [['check', '--preset', 'sigmahq'], '', 'LNT002 LNT024 LNT048 LNT049 SIG028'],
    [['check', '--preset', 'sigmahq', 'rules'], '', 'LNT002 LNT024 LNT048 LNT049 SIG028'],
    [['check', '--preset', 'sigmahq', 'rules/rule_one.yml'], '', 'LNT002 LNT024 LNT049 SIG028'],
    [['check'], 'lint: { preset: pysigma }', 'LNT002 LNT024 SIG028'],
    [['check', '--preset', 'none'], 'lint: { preset: pysigma }', 'SIG028'],
    [['check'], 'severities: { LNT002: off, LNT024: info }', 'LNT024 SIG028'],
    [
      ['check'],
      `lint: { preset: pysigma, exclude: { ${id.toUpperCase()}: [number_as_string, SIG028] } }`,
      'LNT002',
    ],
    [
      ['check'],
      'lint: { preset: pysigma, exclude: { other: [number_as_string, SIG028] } }',
      'LNT002 LNT024 SIG028',
    ],
    [['build'], 'lint: { preset: sigmahq }', 'SIG028'],
    [['build'], `lint: { exclude: { ${id}: invalid_modifier_combinations } }`, ''],
  ])('%j %s', async (command, config, expected) =>
    expect((await codes(command, config)).join(' ')).toBe(expected),
  );

  test('an exclusion is of one rule of a file', async () => {
    const other = rule
      .replace(id, '8e1f9b0c-4a58-4f0e-9c7e-0f6f3d0e5b11')
      .replace('title: Rule', 'title: Other');
    for (const text of [`${rule}---\n${other}`, `${other}---\n${rule}`])
      expect(
        await codes(['check'], `lint: { exclude: { ${id}: [SIG028, LNT002] } }`, {
          'rules/rule_one.yml': text,
        }),
      ).toEqual(['LNT002', 'SIG028']);
  });

  test.each([
    [
      `'${id.slice(0, -1)}0'`,
      [`\`${id.slice(0, -1)}0\` is the id of no rule here`, `Did you mean \`${id}\`?`],
    ],
    ['Rule one', ['`Rule one` is the id of no rule here', 'Correct or remove the entry.']],
    [id, []],
  ])('an exclusion for %s', async (written, expected) => {
    const config = `${anyEvents}lint: { exclude: { ${written}: LNT002 } }`;
    const folder = projectIn(temporary, { 'rules/rule_one.yml': rule, 'sigpack.yml': config });
    const told = async (...given: readonly string[]) => {
      const { diagnostics } = JSON.parse(
        (await sigpack(['check', ...given, '-f', 'json'], { cwd: folder })).stdout,
      );
      return diagnostics.filter(({ code }: { code: string }) => code === 'PCK008');
    };
    const [found] = await told();
    expect(found === undefined ? [] : [found.message, found.hint]).toEqual(expected);
    // the rules of one folder may be others
    expect(await told('rules')).toEqual([]);
  });

  test('an exclusion hides no error of a rule that is left out', async () => {
    const folder = projectIn(temporary, {
      'rules/rule_one.yml': rule.replace('A|all', 'A|all|all'),
      'sigpack.yml': `${anyEvents}lint: { exclude: { ${id}: invalid_modifier_combinations } }`,
    });
    expect(await sigpack(['check'], { cwd: folder })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('error[SIG021]'),
    });
  });

  test('a preset that is none is refused', async () => {
    expect(await sigpack(['check', '--preset', 'sigma'], { cwd: temporary })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('none, default, pysigma, sigmahq'),
    });
  });
});

test.each(reportFormats)(
  'the report as %s has them, and the exit code goes by --fail-on',
  async (format) => {
    const folder = projectIn(temporary, { 'rules/rule_one.yml': rule, 'sigpack.yml': anyEvents });
    const { code, stdout, stderr } = await sigpack(['check', '-f', format], { cwd: folder });
    expect(code).toBe(0);
    expect(stdout + stderr).toContain('LNT002');
    expect(
      await sigpack(['check', '-f', format, '--fail-on', 'warning'], { cwd: folder }),
    ).toMatchObject({ code: 1 });
  },
);

describe('docs/lint.md', () => {
  test('shows what the command prints', async () => {
    const [session = ''] = codeIn(page, 'console');
    const [command = '', ...lines] = session.trimEnd().split('\n');
    const [, name = '', ...options] = command.slice('$ sigpack '.length).split(' ');
    const folder = projectIn(temporary, {
      [name]: codeIn(page, 'yaml')[1] ?? '',
      'sigpack.yml': anyEvents,
    });
    const { stderr } = await sigpack(['check', name, ...options], { cwd: folder });
    expect(stderr.trimEnd()).toBe(lines.join('\n'));
  });

  test('has a configuration that is accepted', async () => {
    const folder = projectIn(temporary, {
      'rules/rule_one.yml': rule,
      'sigpack.yml': `${anyEvents}${codeIn(page, 'yaml')[0]}`,
    });
    expect((await sigpack(['check'], { cwd: folder })).code).toBe(0);
  });

  test('has each validator with its codes', () => {
    const rows = [...page.matchAll(/^\| ([A-Z]{3}\d{3}(?:, [A-Z]{3}\d{3})*) \| (`.*`) \|$/gm)].map(
      ([, codesOf, names]) => `${codesOf}: ${names?.replaceAll('`', '')}`,
    );
    const ofPySigma = [...validatorCodes].filter(([name]) => !name.startsWith('sigmahq_'));
    const ofSigmaHq = [...validatorCodes].filter(([name]) => name.startsWith('sigmahq_'));
    const table = (of: typeof ofPySigma): readonly string[] =>
      [...Map.groupBy(of, ([, codesOf]) => codesOf.join(', '))]
        .map(
          ([codesOf, names]) =>
            `${codesOf}: ${names.map(([name]) => name.replace('sigmahq_', '')).join(', ')}`,
        )
        .sort();
    expect(rows).toEqual([...table(ofPySigma), ...table(ofSigmaHq)]);
    expect(
      [...validatorCodes.values()].flat().filter((code) => !Object.hasOwn(codeCatalogue, code)),
    ).toEqual([]);
  });

  test('says which preset has which codes', () => {
    const checks = (Object.keys(codeCatalogue) as (keyof typeof codeCatalogue)[]).filter(
      (code): code is `LNT${string}` & keyof typeof codeCatalogue => code.startsWith('LNT'),
    );
    const all = lintPresets.map((preset) =>
      checks.filter((code) => presetSeverity(code, preset) !== 'off'),
    );
    const ends = all.map((codesOf) => codesOf.at(-1));
    expect(ends).toEqual([undefined, 'LNT008', 'LNT024', 'LNT049']);
    for (const end of ends) if (end) expect(page).toContain(`to ${end}`);
    const notes = checks.filter((code) => presetSeverity(code, 'sigmahq') === 'info');
    expect(page).toContain(`${notes.slice(0, -1).join(', ')} and ${notes.at(-1)} are notes`);
  });
});
