import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import fs, { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { rollback } from '../src/cli/install/install-command.ts';
import { checksumsText } from '../src/release/supply-chain/checksums.ts';
import { signatureText } from '../src/release/supply-chain/signature.ts';
import { createFakeGraylog } from './fake/graylog.ts';
import { startServer } from './fake/server.ts';
import { createLab, firstRules, type Lab, removeLabs, secondRules, tree } from './install-lab.ts';
import { said } from './said.ts';

afterAll(removeLabs);

const ours = generateKeyPairSync('ed25519');
const theirs = generateKeyPairSync('ed25519');
const pem = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString();

function sign(folder: string, key: KeyObject): void {
  const names = readdirSync(folder).filter((name) => !name.startsWith('SHA256SUMS'));
  const text = checksumsText(
    names.map((path) => ({
      path,
      sha256: createHash('sha256')
        .update(readFileSync(join(folder, path)))
        .digest('hex'),
    })),
  );
  writeFileSync(join(folder, 'SHA256SUMS'), text);
  writeFileSync(join(folder, 'SHA256SUMS.sig'), signatureText(text, key));
}

let lab: Lab;
let first = '';
const goBack = (artifact: string | undefined) =>
  said(() =>
    rollback(artifact, {
      to: 'lab',
      config: lab.at('sigpack.yml'),
      yes: true,
      format: 'text',
      verbose: false,
    }),
  );

describe('a place with a public key', () => {
  beforeEach(async () => {
    lab = createLab('{ kind: splunk-disk, home: splunk, publicKey: keys/pub.pem }');
    mkdirSync(lab.at('splunk/etc/apps'), { recursive: true });
    lab.write('keys/pub.pem', pem(ours.publicKey));
    first = await lab.build('1.0.0', 1, firstRules);
    sign(first, ours.privateKey);
  });

  test.each<[string, () => void, string]>([
    ['no SHA256SUMS', () => rmSync(join(first, 'SHA256SUMS')), 'what lab has must be signed: '],
    [
      'no signature',
      () => rmSync(join(first, 'SHA256SUMS.sig')),
      'has no SHA256SUMS.sig; nothing was done',
    ],
    [
      'the signature of another key',
      () => sign(first, theirs.privateKey),
      'SHA256SUMS.sig: it is by another key; nothing was done',
    ],
    [
      'a signature that is none',
      () => writeFileSync(join(first, 'SHA256SUMS.sig'), 'x'),
      'SHA256SUMS.sig: it is not a signature of sigpack release',
    ],
    [
      'an artifact that was exchanged, with its digest',
      () => {
        writeFileSync(join(first, 'acme-1.0.0.spl'), readFileSync(join(first, 'acme-1.0.0.zip')));
        const signature = readFileSync(join(first, 'SHA256SUMS.sig'));
        sign(first, theirs.privateKey);
        writeFileSync(join(first, 'SHA256SUMS.sig'), signature);
      },
      'SHA256SUMS.sig: it is not that of SHA256SUMS; nothing was done',
    ],
    [
      'an artifact that was exchanged',
      () => writeFileSync(join(first, 'acme-1.0.0.spl'), 'x'),
      'is not the file that SHA256SUMS beside it has',
    ],
    [
      'bytes that only read the same',
      () =>
        writeFileSync(
          join(first, 'SHA256SUMS'),
          Buffer.concat([readFileSync(join(first, 'SHA256SUMS')), Buffer.from([0xff])]),
        ),
      'it is not that of SHA256SUMS',
    ],
    [
      'a key that is none',
      () => lab.write('keys/pub.pem', 'x'),
      'keys/pub.pem cannot be used: it is not a key in PEM',
    ],
    ['a key that is missing', () => rmSync(lab.at('keys/pub.pem')), 'keys/pub.pem cannot be read'],
  ])('refuses %s', async (_, spoil, message) => {
    spoil();
    for (const artifact of [first, join(first, 'acme-1.0.0.spl')])
      expect((await lab.install(artifact)).code).toContain(message);
    expect(tree(lab.at('splunk'))).toEqual({});
  });

  test('takes what is signed with it; --key asks for another one', async () => {
    lab.write('other.pem', pem(theirs.publicKey));
    expect((await lab.install(first, { key: lab.at('other.pem') })).code).toContain(
      'it is by another key',
    );
    expect((await lab.install(first)).out).toContain(
      '  The artifact is signed with the key of the place.\n',
    );
  });

  test('goes back to nothing but a signed artifact of the version before', async () => {
    const second = await lab.build('1.1.0', 2, secondRules);
    const unsigned = await lab.build('0.9.0', 3, secondRules);
    sign(second, ours.privateKey);
    expect((await lab.install(first)).code).toBe(0);
    expect((await lab.install(second)).code).toBe(0);
    expect((await goBack(undefined)).code).toContain(
      'give the artifact of the version to go back to, with the SHA256SUMS and SHA256SUMS.sig beside it',
    );
    expect((await goBack(unsigned)).code).toContain('has no SHA256SUMS');
    expect((await goBack(second)).code).toBe(
      'usage: the artifact (1.1.0) is not the version before, which is 1.0.0',
    );
    lab.write(
      'splunk/etc/.sigpack/apps/acme/previous/default/savedsearches.conf',
      '[Evil]\nsearch = | evil\n',
    );
    expect((await goBack(first)).code).toBe(
      'usage: the artifact (1.0.0) is not the version before, which is 1.0.0',
    );
  });

  test('goes back to what was taken over, which is not signed, where that is said', async () => {
    lab.write('splunk/etc/apps/acme/default/app.conf', '[launcher]\nversion = 9.9\n');
    const before = tree(lab.at('splunk/etc/apps'));
    expect((await lab.install(first)).code).toContain(
      'it is kept, and sigpack rollback --adopt returns to it',
    );
    expect((await lab.install(first, { adopt: true })).out).toContain(
      'it is taken over and kept; sigpack rollback --adopt returns to it',
    );
    for (const artifact of [undefined, first])
      expect((await goBack(artifact)).code).toMatch(
        /must be signed, .* is not \(9\.9\): give --adopt to return to it/,
      );
    expect((await lab.rollback({ adopt: true })).code).toBe(0);
    expect(tree(lab.at('splunk/etc/apps'))).toEqual(before);
  });

  test('installs the bytes that it checked, whatever lies there afterwards', async () => {
    const path = join(first, 'acme-1.0.0.spl');
    const { openSync: realOpen, readFileSync: real } = fs;
    let opened: number | undefined;
    let reads = 0;
    fs.openSync = ((...args: Parameters<typeof realOpen>) => {
      const descriptor = realOpen(...args);
      if (args[0] === path) opened = descriptor;
      return descriptor;
    }) as typeof realOpen;
    fs.readFileSync = ((...args: Parameters<typeof real>) => {
      const isMeant = args[0] === path || (opened !== undefined && args[0] === opened);
      opened = isMeant ? undefined : opened;
      if (isMeant) reads++;
      const bytes = real(...args);
      // whoever may write there exchanges the file as soon as it was read
      if (isMeant) fs.writeFileSync(path, 'exchanged');
      return bytes;
    }) as typeof real;
    syncBuiltinESMExports();
    try {
      expect((await lab.install(first)).code).toBe(0);
    } finally {
      Object.assign(fs, { openSync: realOpen, readFileSync: real });
      syncBuiltinESMExports();
    }
    expect(reads).toBe(1);
    expect(readFileSync(path, 'utf8')).toBe('exchanged');
    expect((await lab.status()).out).toContain('1.0.0');
  });
});

describe('a server with a public key', () => {
  beforeAll(() => {
    process.env.SIGPACK_SECRET_LAB = 'graylog-token-0123456789';
  });

  test('is asked nothing before the signature is right, and goes back by a signed artifact', async () => {
    const authorization = `Basic ${Buffer.from(`${process.env.SIGPACK_SECRET_LAB}:token`).toString('base64')}`;
    const graylog = createFakeGraylog(authorization);
    const server = await startServer((request) => graylog.handle(request));
    lab = createLab(`{ kind: graylog, url: '${server.url}/api', retries: 0, publicKey: pub.pem }`);
    lab.write('pub.pem', pem(ours.publicKey));
    first = await lab.build('1.0.0', 1, firstRules);
    const second = await lab.build('1.1.0', 2, secondRules);
    expect((await lab.install(first)).code).toContain('has no SHA256SUMS');
    expect(server.requests).toHaveLength(0);
    for (const folder of [first, second]) sign(folder, ours.privateKey);
    expect((await lab.install(first)).code).toBe(0);
    expect((await lab.install(second)).code).toBe(0);
    expect((await goBack(undefined)).code).toContain(
      'give the artifact of the version to go back to',
    );
    const back = await goBack(first);
    expect(`${back.code} ${back.out}`).toMatch(
      /^0 lab: content pack [0-9a-f-]{36}, 1\.1\.0 → 1\.0\.0\n/,
    );
    expect([...graylog.definitions.values()].map(({ title }) => title).sort()).toEqual([
      'First',
      'Second',
      'Third',
    ]);
    await server.close();
  });
});
