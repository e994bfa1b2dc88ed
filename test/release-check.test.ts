import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { codeIn } from './page-blocks.ts';
import { anyEvents, projectIn } from './project-folder.ts';
import { environment, mainFile } from './sigpack.ts';

const page = readFileSync(join(import.meta.dirname, '..', 'docs', 'releases.md'), 'utf8');
const root = mkdtempSync(join(tmpdir(), 'sigpack-check-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A command of a console block, and what the page says that it prints. */
interface Shown {
  readonly command: string;
  readonly prints: readonly string[];
}

function commandsUnder(heading: string): readonly Shown[] {
  const section = `\n${page}`.split(`\n${heading}\n`)[1]?.split(/\n#{2,3} /)[0] ?? '';
  return codeIn(section, 'console').flatMap((block) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((one) => {
        const [command = '', ...prints] = one.trimEnd().split('\n');
        return { command, prints };
      }),
  );
}

/** Without what differs from run to run. */
const settled = (text = ''): string =>
  text.replace(/names [0-9a-f]{12}/, 'names 0123456789ab').trimEnd();

/** The block at the start of the page. */
const first = commandsUnder('# Releases');
const own = commandsUnder('## Digests, signature, SBOM');
const foreign = commandsUnder('### Check a release without Sigpack');
const cosign = commandsUnder('### Check a release with cosign');

const ruleText =
  'title: A rule\nid: 11111111-1111-4111-8111-111111111111\nstatus: test\nlevel: high\nlogsource: { product: linux }\ndetection: { s: { a: x }, condition: s }\n';
let project = '';
let release = '';
const author = {
  GIT_AUTHOR_NAME: 'a',
  GIT_AUTHOR_EMAIL: 'a@example.org',
  GIT_COMMITTER_NAME: 'a',
  GIT_COMMITTER_EMAIL: 'a@example.org',
};

/**
 * Runs a command of the page as it is, but for the places of the public key and of what is in
 * between.
 */
function run(command: string, cwd: string): { readonly code: number | null; readonly out: string } {
  const env = environment({
    ...author,
    SOURCE_DATE_EPOCH: '1700000000',
    HOME: root,
    BESIDE: project,
    PATH: `${root}${delimiter}${process.env.PATH ?? ''}`,
  });
  const { status, stdout, stderr } = spawnSync(
    'sh',
    ['-c', command.replaceAll(/\/tmp\/|\/etc\/acme\//g, '"$BESIDE"/')],
    {
      cwd,
      env,
      encoding: 'utf8',
    },
  );
  return { code: status, out: stdout + stderr };
}

function expectShown({ command, prints }: Shown, cwd: string): void {
  const { code, out } = run(command, cwd);
  expect([code, command, out]).toEqual([0, command, expect.any(String)]);
  if (prints.length > 0) expect(out.trimEnd()).toBe(prints.join('\n'));
}

beforeAll(() => {
  writeFileSync(
    join(root, 'sigpack'),
    `#!/bin/sh\nexec '${process.execPath}' '${mainFile}' "$@"\n`,
    { mode: 0o755 },
  );
  project = projectIn(root, {
    'sigpack.yml': `id: acme\ntitle: Acme detections\nversion: 1.3.0\n${anyEvents}`,
    'rules/a.yml': ruleText,
  });
  release = join(project, 'dist/release/1.3.0');
  run('git init -q && git add -A && git commit -q -m start', project);
});

describe.skipIf(process.platform === 'win32')('the commands of docs/releases.md', () => {
  test('are there', () =>
    expect([first, own, foreign, cosign].map(({ length }) => length)).toEqual([3, 5, 7, 3]));

  test('show what changed and release it', () => {
    const folder = projectIn(root, {});
    const git = 'git -c user.name=a -c user.email=a@example.org -c commit.gpgsign=false';
    const prepared = (command: string): void =>
      expect([command, run(command, folder)]).toEqual([
        command,
        expect.objectContaining({ code: 0 }),
      ]);
    const edit = (file: string, from: RegExp, to: string): void => {
      const text = readFileSync(join(folder, file), 'utf8');
      expect(text).toMatch(from);
      writeFileSync(join(folder, file), text.replace(from, to));
    };
    prepared(
      'sigpack init --id acme --splunk none --splunk-index main --graylog none --graylog-streams all',
    );
    edit('sigpack.yml', /^version: .*/m, 'version: 1.2.0');
    for (let number = 1; number <= 41; number++)
      writeFileSync(
        join(folder, 'rules', `${number}.yml`),
        ruleText
          .replace('A rule', `Rule ${number}`)
          .replace(/\d{12}\n/, `${String(number).padStart(12, '0')}\n`),
      );
    prepared(`git init -q && git add -A && ${git} commit -q -m start`);
    prepared(`sigpack release && git add -A && ${git} commit -q -m 1.2.0 && git tag v1.2.0`);
    edit(
      'rules/windows/office-starts-schtasks.yml',
      /^( *- )'\\outlook\.exe'$/m,
      "$&\n$1'\\onenote.exe'",
    );
    const said = first.map(({ command }) => run(command.replace(/^git /, `${git} `), folder));
    expect(said.map(({ code }) => code)).toEqual([0, 0, 0]);
    // of the commit, the page shows nothing
    for (const at of [0, 2])
      expect(settled(said[at]?.out)).toBe(settled(first[at]?.prints.join('\n')));
  });

  test('sign a release and verify it', () => {
    for (const shown of own) expectShown(shown, project);
  });

  test('check it with openssl and sha256sum alone', () => {
    for (const shown of foreign) expectShown(shown, release);
  });

  test.each([
    ['an artifact', 'manifest.json'],
    ['the sums', 'SHA256SUMS'],
    ['the provenance', 'acme-1.3.0.intoto.jsonl'],
    ['the signature', 'SHA256SUMS.sig'],
  ])('find that %s was changed', (_, name) => {
    const folder = join(root, `changed-${name}`);
    cpSync(release, folder, { recursive: true });
    const text = readFileSync(join(folder, name), 'utf8');
    const at = text.length - 20;
    writeFileSync(
      join(folder, name),
      `${text.slice(0, at)}${text[at] === 'b' ? 'c' : 'b'}${text.slice(at + 1)}`,
    );
    const codes = foreign.map(({ command }) => run(command, folder).code);
    expect(codes).not.toEqual(codes.map(() => 0));
  });

  // where there is one: nothing here fetches it
  test.runIf(run('cosign version', root).code === 0)('check it with cosign', () => {
    // version 3 warns of an option, too
    for (const { command, prints } of cosign)
      expect(run(command, release)).toEqual({
        code: 0,
        out: expect.stringContaining(prints.join('\n')),
      });
  });
});
