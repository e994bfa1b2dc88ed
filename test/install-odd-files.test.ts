import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLab, firstRules, type Lab, removeLabs, tree } from './install-lab.ts';

afterAll(removeLabs);

let lab: Lab;
let artifact = '';
const inPack = (name: string): string => join(artifact, name);
const state = (name: string): string => lab.at(`splunk/etc/.sigpack/apps/acme/${name}`);

beforeAll(async () => {
  lab = createLab('{ kind: splunk-disk, home: splunk }');
  mkdirSync(lab.at('splunk/etc/apps'), { recursive: true });
  artifact = await lab.build('1.0.0', 1, firstRules.slice(0, 1));
  lab.write(
    'pub.pem',
    generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  );
});

const odd: Readonly<Record<string, (path: string) => void>> = {
  'a folder': (path) => mkdirSync(path),
  'a pipe': (path) => void spawnSync('mkfifo', [path]),
  'a link that leads nowhere': (path) => symlinkSync('nowhere', path),
};

describe.each(Object.entries(odd))('%s', (_, make) => {
  test.each([
    ['SHA256SUMS', false],
    ['SHA256SUMS', true],
    ['SHA256SUMS.sig', true],
  ])('in place of %s is refused, with a key: %s', async (name, withKey) => {
    if (name !== 'SHA256SUMS') writeFileSync(inPack('SHA256SUMS'), '');
    make(inPack(name));
    const before = tree(lab.at('splunk'));
    const { code } = await lab.install(artifact, withKey ? { key: lab.at('pub.pem') } : {});
    for (const one of ['SHA256SUMS', 'SHA256SUMS.sig'])
      rmSync(inPack(one), { recursive: true, force: true });
    expect(code).toMatch(new RegExp(`^usage: .*${name.replace('.', '\\.')} is not a file`));
    expect(tree(lab.at('splunk'))).toEqual(before);
  });

  // the last two are folders
  const kept = ['lock', 'lock-x', 'installed', 'previous'].slice(
    0,
    make === odd['a folder'] ? 2 : 4,
  );
  test.each(kept)(
    'in place of what an install keeps, %s, is refused and not waited for',
    async (name) => {
      rmSync(lab.at('splunk/etc'), { recursive: true });
      mkdirSync(lab.at('splunk/etc/apps'), { recursive: true });
      expect((await lab.install(artifact)).code).toBe(0);
      rmSync(state(name), { recursive: true, force: true });
      make(state(name));
      for (const { code } of [await lab.install(artifact), await lab.status()])
        expect(code).toMatch(new RegExp(`^usage: .*/${name} is not a f`));
    },
  );
});

test.each(['watches.ndjson', 'x-graylog.json'])(
  'a text that is larger than a text can be is refused: %s',
  async (name) => {
    const kind = name.endsWith('ndjson') ? 'elasticsearch' : 'graylog';
    const other = createLab(`{ kind: ${kind}, url: 'http://127.0.0.1:9', secretEnv: PATH }`);
    await other.build('1.0.0', 1, firstRules.slice(0, 1));
    other.write(name, '');
    truncateSync(other.at(name), 512 * 1024 * 1024);
    expect((await other.install(other.at(name))).code).toMatch(
      /^usage: .* is not a file, or one of more than 268435456 bytes$/,
    );
  },
);
