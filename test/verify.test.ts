import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { checksumsText } from '../src/release/supply-chain/checksums.ts';
import { envelopeText } from '../src/release/supply-chain/envelope.ts';
import { signatureText } from '../src/release/supply-chain/signature.ts';
import { projectIn } from './project-folder.ts';
import { sigpack } from './sigpack.ts';

const root = mkdtempSync(join(tmpdir(), 'sigpack-verify-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const sha256 = (content: string | Uint8Array): string =>
  createHash('sha256').update(content).digest('hex');
const [ours, theirs] = [generateKeyPairSync('ed25519'), generateKeyPairSync('ed25519')];
const keys = mkdtempSync(join(root, 'keys-'));
const pem = (name: string, text: string | Buffer): string => {
  writeFileSync(join(keys, name), text, { mode: 0o600 });
  return join(keys, name);
};
const ourKey = pem('ours.pem', ours.publicKey.export({ type: 'spki', format: 'pem' }));
const theirKey = pem('theirs.pem', theirs.publicKey.export({ type: 'spki', format: 'pem' }));
const secretKey = pem('secret.pem', ours.privateKey.export({ type: 'pkcs8', format: 'pem' }));

const statement = (names: readonly string[]): string =>
  JSON.stringify({
    _type: 'https://in-toto.io/Statement/v1',
    predicateType: 'https://slsa.dev/provenance/v1',
    subject: names.map((name) => ({ name, digest: { sha256: sha256(name) } })),
  });

interface Release {
  /** Default: a provenance of both artifacts. */
  readonly provenance?: string;
  readonly name?: string;
  readonly key?: KeyObject;
}

/** Two artifacts that hold their names, a provenance, and sums that are signed. */
function signed({
  provenance = envelopeText(statement(['a.spl', 'b.json']), ours.privateKey),
  name = 'p.intoto.jsonl',
  key = ours.privateKey,
}: Release = {}): string {
  const files = { 'a.spl': 'a.spl', 'b.json': 'b.json', [name]: provenance };
  const sums = checksumsText(
    Object.entries(files).map(([path, text]) => ({ path, sha256: sha256(text) })),
  );
  return projectIn(root, {
    ...files,
    SHA256SUMS: sums,
    'SHA256SUMS.sig': signatureText(sums, key),
  });
}
const run = (path: string, ...args: readonly string[]) =>
  sigpack(['verify', ...args], { cwd: path });

describe('sigpack verify', () => {
  test('checks an artifact, or all of a folder', async () => {
    const path = signed();
    expect(await run(path, 'a.spl', '--key', ourKey)).toMatchObject({
      code: 0,
      stdout: 'SHA256SUMS.sig: ok\na.spl: ok\n',
    });
    const all = 'SHA256SUMS.sig: ok\na.spl: ok\nb.json: ok\np.intoto.jsonl: ok\n';
    expect(await run(path, '.', '--key', ourKey)).toMatchObject({ code: 0, stdout: all });
    expect(await run(path, 'SHA256SUMS', '--key', ourKey)).toMatchObject({ code: 0, stdout: all });
    expect(await run(path, '.')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('signature not checked'),
    });
  });

  test('wants the key elsewhere than in the folder that it vouches for', async () => {
    const path = signed();
    writeFileSync(join(path, 'release.pub'), readFileSync(ourKey));
    expect(await run(path, '.', '--key', 'release.pub')).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(
        /\nrelease\.pub: it is not in SHA256SUMS; keep the key outside of the release, .*\n$/,
      ),
    });
  });

  test('finds what was changed', async () => {
    const path = signed();
    writeFileSync(join(path, 'a.spl'), 'A.spl');
    expect(await run(path, '.', '--key', ourKey)).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('a.spl: its digest is another one'),
    });
    writeFileSync(
      join(path, 'SHA256SUMS'),
      checksumsText([{ path: 'a.spl', sha256: sha256('A.spl') }]),
    );
    expect(await run(path, 'a.spl')).toMatchObject({ code: 0 });
    expect(await run(path, 'a.spl', '--key', ourKey)).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('one of them was changed'),
    });
    expect(await run(path, 'a.spl', '--key', theirKey)).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('another key'),
    });
    rmSync(join(path, 'SHA256SUMS.sig'));
    expect(await run(path, 'a.spl', '--key', ourKey)).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('there is no signature'),
    });
    expect(await run(path, 'b.json')).toMatchObject({
      code: 1,
      stdout:
        'SHA256SUMS: it is not signed: whoever changed a file could change it, too\n' +
        'b.json: it is not in SHA256SUMS\n',
    });
    rmSync(join(path, 'a.spl'));
    expect(await run(path, 'a.spl')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there is no file or folder a.spl'),
    });
    expect(await run(path, 'SHA256SUMS')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining(
        'a.spl: it cannot be read: there is no such file or folder\n',
      ),
    });
  });

  test.each([
    ['a file', (path: string) => writeFileSync(join(path, 'extra.spl'), ''), 'extra.spl'],
    ['a hidden file', (path: string) => writeFileSync(join(path, '.extra'), ''), '.extra'],
    ['a folder', (path: string) => mkdirSync(join(path, 'extra')), 'extra'],
    ['a link', (path: string) => symlinkSync('a.spl', join(path, 'extra')), 'extra'],
  ])('reports %s that is not listed', async (_, add, name) => {
    const path = signed();
    add(path);
    expect(await run(path, '.', '--key', ourKey)).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(new RegExp(`\n${name}: it is not in SHA256SUMS\n$`)),
    });
    expect(await run(path, 'a.spl', '--key', ourKey)).toMatchObject({ code: 0 });
  });

  test('takes neither links nor folders for files', async () => {
    const path = signed();
    rmSync(join(path, 'a.spl'));
    rmSync(join(path, 'b.json'));
    symlinkSync(projectIn(root, { a: 'a.spl' }), join(path, 'b.json'));
    mkdirSync(join(path, 'a.spl'));
    expect(await run(path, '.')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('a.spl: it is not a file\nb.json: it is not a file\n'),
    });
  });

  test.each([
    [
      'of other files',
      envelopeText(statement(['a.spl', 'b.json', 'c']), ours.privateKey),
      'it is about c, which is not a file of the release',
    ],
    [
      'of too few files',
      envelopeText(statement(['a.spl']), ours.privateKey),
      'it says nothing of b.json',
    ],
    [
      'that was changed',
      envelopeText(statement(['a.spl', 'b.json']), ours.privateKey).replace(
        /"sig":"..../,
        '"sig":"AAAA',
      ),
      'its envelope is not signed with this key',
    ],
    [
      'by another key',
      envelopeText(statement(['a.spl', 'b.json']), theirs.privateKey),
      'its envelope is not signed with this key',
    ],
    [
      'without an envelope',
      statement(['a.spl', 'b.json']),
      'it is not a signed envelope (DSSE) of a statement',
    ],
    ['of another kind', '{"payload":1}', 'it is not a signed envelope (DSSE) of a statement'],
  ])('reports a provenance %s', async (_, provenance, problem) => {
    const path = signed({ provenance });
    expect(await run(path, '.', '--key', ourKey)).toMatchObject({
      code: 1,
      stdout: expect.stringContaining(`p.intoto.jsonl: ${problem}`),
    });
  });

  test('checks a statement without an envelope, as a release that is not signed has it', async () => {
    expect(
      await run(signed({ provenance: statement(['a.spl', 'b.json']), name: 'p.intoto.json' }), '.'),
    ).toMatchObject({ code: 0 });
    const { code, stdout } = await run(
      signed({ provenance: statement(['a.spl']), name: 'p.intoto.json' }),
      '.',
    );
    expect([code, stdout]).toEqual([
      1,
      expect.stringContaining('p.intoto.json: it says nothing of b.json'),
    ]);
  });

  test('verifies bytes, not what they stand for', async () => {
    const path = signed();
    const line = Buffer.concat([
      Buffer.from(`${sha256('a.spl')}  a`),
      Buffer.from([0xff]),
      Buffer.from('.spl\n'),
    ]);
    writeFileSync(join(path, 'SHA256SUMS'), line);
    writeFileSync(
      join(path, 'SHA256SUMS.sig'),
      signatureText(line.toString('utf8'), ours.privateKey),
    );
    expect(await run(path, 'SHA256SUMS', '--key', ourKey)).toMatchObject({
      code: 1,
      stdout: 'SHA256SUMS: line 1: the file is not UTF-8\n',
    });
  });

  test.each([
    ['sums', 'SHA256SUMS', /^SHA256SUMS: it has \d+ bytes, which is too large/],
    ['signature', 'SHA256SUMS.sig', /^SHA256SUMS\.sig: it has \d+ bytes, which is too large/],
  ])('does not read a %s without end', async (_, name, message) => {
    const path = signed();
    writeFileSync(join(path, name), Buffer.alloc(17 * 1024 * 1024, 'a'));
    expect(await run(path, 'SHA256SUMS', '--key', ourKey)).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(message),
    });
  });

  test('says what it needs', async () => {
    const path = signed();
    expect(await run(path, 'nowhere')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there is no file or folder nowhere'),
    });
    expect(await run(path, 'a.spl', '--key', secretKey)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('private key'),
    });
    expect(await run(path, 'a.spl', '--key', root)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('cannot be read'),
    });
    rmSync(join(path, 'SHA256SUMS'));
    mkdirSync(join(path, 'SHA256SUMS'));
    expect(await run(path, 'a.spl')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no SHA256SUMS beside'),
    });
    rmSync(join(path, 'SHA256SUMS'), { recursive: true });
    expect(await run(path, 'a.spl')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no SHA256SUMS beside'),
    });
    expect(await run(path, '.')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there is no SHA256SUMS in '),
    });
  });
});
