import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import type { PackInfo } from '../src/pack/detection.ts';
import { checksumsText, readChecksums } from '../src/release/checksums.ts';
import { provenanceText } from '../src/release/provenance.ts';
import { sbomText } from '../src/release/sbom.ts';
import { readPrivateKey, readPublicKey, signatureText, verifySignature } from '../src/release/signature.ts';
import { sourceUri } from '../src/release/source-uri.ts';
import { sigpack } from './sigpack.ts';

const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});
const folder = (files: Readonly<Record<string, string | Uint8Array>>): string => {
  const path = mkdtempSync(join(tmpdir(), 'sigpack-supply-'));
  made.push(path);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(path, name), content);
  return path;
};
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

function keyPair(): { readonly secret: string; readonly open: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return { secret: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), open: publicKey.export({ type: 'spki', format: 'pem' }).toString() };
}
const ours = keyPair();
const theirs = keyPair();
const secretKey = (pem: string) => {
  const read = readPrivateKey(pem);
  if (!read.ok) throw new Error(read.message);
  return read.key;
};
const openKey = (pem: string) => {
  const read = readPublicKey(pem);
  if (!read.ok) throw new Error(read.message);
  return read.key;
};

describe('SHA256SUMS', () => {
  test('comes back as written, sorted by name', () => {
    const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,20}[A-Za-z0-9]$/);
    const digest = fc.stringMatching(/^[0-9a-f]{64}$/);
    fc.assert(
      fc.property(fc.dictionary(name, digest, { minKeys: 1, noNullPrototype: true }), (files) => {
        const text = checksumsText(Object.entries(files).map(([path, sum]) => ({ path, sha256: sum })));
        const read = readChecksums(text);
        expect(read.ok && Object.fromEntries(read.entries)).toEqual(files);
        expect(readChecksums(text.replaceAll('\n', '\r\n'))).toEqual(read);
      }),
    );
  });

  test('is what sha256sum checks', () => {
    const path = folder({ 'a.txt': 'a', 'b c.txt': 'b' });
    writeFileSync(
      join(path, 'SHA256SUMS'),
      checksumsText(['b c.txt', 'a.txt'].map((name) => ({ path: name, sha256: sha256(readFileSync(join(path, name), 'utf8')) }))),
    );
    expect(execFileSync('sha256sum', ['-c', 'SHA256SUMS'], { cwd: path, encoding: 'utf8' })).toBe('a.txt: OK\nb c.txt: OK\n');
  });

  test.each([
    ['a short digest', `${'a'.repeat(63)}  x\n`],
    ['upper case', `${'A'.repeat(64)}  x\n`],
    ['a path', `${'a'.repeat(64)}  ../x\n`],
    ['a folder', `${'a'.repeat(64)}  b/x\n`],
    ['one blank', `${'a'.repeat(64)} x\n`],
    ['a name twice', `${'a'.repeat(64)}  x\n${'b'.repeat(64)}  x\n`],
    ['an empty line', `${'a'.repeat(64)}  x\n\n${'b'.repeat(64)}  y\n`],
    ['nothing', ''],
  ])('with %s is refused', (_, text) => {
    expect(readChecksums(text).ok).toBe(false);
  });
});

describe('a signature', () => {
  const text = 'x  y\n';
  const signature = signatureText(text, secretKey(ours.secret));

  test('is good for its text and key alone', () => {
    expect(verifySignature(text, signature, openKey(ours.open))).toBe('good');
    expect(verifySignature(`${text} `, signature, openKey(ours.open))).toBe('bad');
    expect(verifySignature(text, signature, openKey(theirs.open))).toBe('other key');
    expect(verifySignature(text, signature.slice(0, -5), openKey(ours.open))).toBe('malformed');
    expect(
      verifySignature(
        text,
        signature.replace(/\n(.)/, (_, char: string) => `\n${char === 'A' ? 'B' : 'A'}`),
        openKey(ours.open),
      ),
    ).toBe('bad');
    expect(signatureText(text, secretKey(ours.secret))).toBe(signature);
  });

  test('is one that openssl checks', () => {
    const path = folder({ text, 'key.pem': ours.open, sig: Buffer.from(signature.split('\n')[1] ?? '', 'base64') });
    const check = spawnSync('openssl', ['pkeyutl', '-verify', '-pubin', '-inkey', 'key.pem', '-rawin', '-in', 'text', '-sigfile', 'sig'], {
      cwd: path,
      encoding: 'utf8',
    });
    expect(check.stdout).toContain('Signature Verified Successfully');
  });

  test('needs an ed25519 key, and says nothing of the key', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    expect(readPrivateKey(rsa)).toEqual({ ok: false, message: 'it is for rsa, not for ed25519' });
    const broken = ours.secret.replace(/\n[A-Za-z0-9]{8}/, '\nAAAAAAAA');
    for (const pem of [rsa, broken, 'secret text', ours.open]) {
      const read = readPrivateKey(pem);
      expect(read.ok).toBe(false);
      if (!read.ok) expect(read.message).not.toMatch(/secret|AAAA|MC4C/);
    }
    expect(readPublicKey(ours.secret)).toEqual({ ok: false, message: 'it is a private key; give the public one' });
    const { privateKey } = generateKeyPairSync('ed25519');
    const encrypted = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'word' }).toString();
    expect(readPrivateKey(encrypted)).toEqual({ ok: false, message: 'it is encrypted; give the key without a password' });
  });
});

const info: PackInfo = {
  id: 'acme',
  title: 'Acme',
  version: '1.2.0',
  description: 'Detections',
  author: 'Acme',
  vendor: 'Acme',
  url: 'https://detections.example.org',
  license: 'MIT',
  revision: 3,
};
const artifacts = ['b.json', 'a.spl'].map((path) => ({ path, sha256: sha256(path) }));

describe('the bill of materials', () => {
  const input = {
    pack: info,
    toolVersion: '0.1.0',
    date: '2026-11-25T06:00:00.000Z',
    artifacts,
    rules: [
      { id: '00000000-0000-4000-8000-000000000002', title: 'Second "rule" <x>', path: 'rules/2.yml', license: 'DRL-1.1 AND MIT', author: 'Ann' },
      { id: '00000000-0000-4000-8000-000000000001', title: 'First', path: 'rules/1.yml', license: 'as you like', author: 'Bob' },
    ],
  };

  test('fits the schema of CycloneDX 1.6', () => {
    const schemas = join(dirname(createRequire(import.meta.url).resolve('@cyclonedx/cyclonedx-library/package.json')), 'res', 'schema');
    const load = (name: string): object => JSON.parse(readFileSync(join(schemas, name), 'utf8')) as object;
    const ajv = new Ajv({ strict: false, validateFormats: false });
    for (const name of ['spdx', 'jsf-0.82', 'cryptography-defs'])
      ajv.addSchema({ ...load(`${name}.SNAPSHOT.schema.json`), $id: `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json` });
    const valid = ajv.compile(load('bom-1.6.SNAPSHOT.schema.json'));
    const bom: unknown = JSON.parse(sbomText(input));
    expect(valid(bom), JSON.stringify(valid.errors)).toBe(true);
    expect(valid({ ...(bom as object), specVersion: 6 })).toBe(false);
  });

  test('names the pack, each artifact with its digest, and each rule', () => {
    const bom = JSON.parse(sbomText(input)) as Record<string, never> & { readonly components: readonly Record<string, unknown>[] };
    expect(bom.metadata).toMatchObject({
      timestamp: '2026-11-25T06:00:00.000Z',
      component: { name: 'acme', version: '1.2.0', licenses: [{ license: { name: 'MIT' } }] },
    });
    expect(bom.components.map(({ type, name }) => `${String(type)} ${String(name)}`)).toEqual([
      'file a.spl',
      'file b.json',
      'data First',
      'data Second "rule" <x>',
    ]);
    expect(bom.components[0]).toMatchObject({ hashes: [{ alg: 'SHA-256', content: sha256('a.spl') }] });
    expect(bom.components[3]).toMatchObject({ author: 'Ann', licenses: [{ expression: 'DRL-1.1 AND MIT' }] });
  });

  test('is the same for the same, in whatever order', () => {
    const turned = { ...input, rules: [...input.rules].reverse() };
    expect(sbomText(turned)).toBe(sbomText(input));
    expect(sbomText({ ...input, artifacts: [{ path: 'a.spl', sha256: sha256('other') }] })).not.toContain(/urn:uuid:[0-9a-f-]+/.exec(sbomText(input))?.[0]);
  });
});

test('the provenance names artifacts, commit, lock and builder', () => {
  const statement: unknown = JSON.parse(
    provenanceText({
      pack: info,
      toolVersion: '0.1.0',
      configPath: 'sigpack.yml',
      artifacts,
      commit: 'c'.repeat(40),
      remote: 'git+https://git.example.org/acme/rules.git',
      lockSha256: sha256('lock'),
      builderId: undefined,
      invocationId: 'run 7',
    }),
  );
  expect(statement).toMatchObject({
    _type: 'https://in-toto.io/Statement/v1',
    subject: [
      { name: 'a.spl', digest: { sha256: sha256('a.spl') } },
      { name: 'b.json', digest: { sha256: sha256('b.json') } },
    ],
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: {
        externalParameters: { pack: 'acme', version: '1.2.0', configuration: 'sigpack.yml' },
        resolvedDependencies: [
          { uri: 'git+https://git.example.org/acme/rules.git', digest: { gitCommit: 'c'.repeat(40) } },
          { name: 'sigpack.lock', digest: { sha256: sha256('lock') } },
        ],
      },
      runDetails: { builder: { version: { sigpack: '0.1.0' } }, metadata: { invocationId: 'run 7' } },
    },
  });
});

describe('the address of the source', () => {
  test.each([
    ['https://git.example.org/acme/rules.git', 'git+https://git.example.org/acme/rules.git'],
    ['https://me:hush@git.example.org:8443/acme/rules.git', 'git+https://git.example.org:8443/acme/rules.git'],
    ['https://me:hu@sh@git.example.org/rules.git', 'git+https://git.example.org/rules.git'],
    ['https://hush@git.example.org/rules.git?private_token=hush#hush', 'git+https://git.example.org/rules.git'],
    ['git@git.example.org:acme/rules.git', 'git+ssh://git.example.org/acme/rules.git'],
    ['me:hush@git.example.org:acme/rules.git', 'git+ssh://git.example.org/acme/rules.git'],
    ['https://me:hu/sh@git.example.org/rules.git', undefined],
    ['/home/hush/rules', undefined],
    ['file:///home/hush/rules', undefined],
    ['C:\\hush\\rules', undefined],
    ['', undefined],
  ])('%s is published as %s', (remote, uri) => {
    expect(sourceUri(remote)).toBe(uri);
    expect(sourceUri(remote) ?? '').not.toMatch(/hush|sh@/);
  });
});

describe('sigpack verify', () => {
  function signed(): string {
    const sums = checksumsText(['a.spl', 'b.json'].map((path) => ({ path, sha256: sha256(path) })));
    return folder({
      'a.spl': 'a.spl',
      'b.json': 'b.json',
      other: '',
      SHA256SUMS: sums,
      'SHA256SUMS.sig': signatureText(sums, secretKey(ours.secret)),
      'ours.pem': ours.open,
      'theirs.pem': theirs.open,
      'secret.pem': ours.secret,
    });
  }
  const run = (path: string, ...args: readonly string[]) => sigpack(['verify', ...args], { cwd: path });

  test('checks an artifact, or all of a folder', async () => {
    const path = signed();
    expect(await run(path, 'a.spl', '--key', 'ours.pem')).toMatchObject({ code: 0, stdout: 'SHA256SUMS.sig: ok\na.spl: ok\n' });
    expect((await run(path, '.', '--key', 'ours.pem')).stdout).toBe('SHA256SUMS.sig: ok\na.spl: ok\nb.json: ok\n');
    expect((await run(path, '.')).stdout).toContain('signature not checked');
    expect((await run(path, 'SHA256SUMS', '--key', 'ours.pem')).stdout).toBe('SHA256SUMS.sig: ok\na.spl: ok\nb.json: ok\n');
  });

  test('finds what was changed', async () => {
    const path = signed();
    writeFileSync(join(path, 'a.spl'), 'A.spl');
    expect(await run(path, '.', '--key', 'ours.pem')).toMatchObject({ code: 1, stdout: expect.stringContaining('a.spl: its digest is another one') });
    writeFileSync(join(path, 'SHA256SUMS'), checksumsText([{ path: 'a.spl', sha256: sha256('A.spl') }]));
    expect(await run(path, 'a.spl')).toMatchObject({ code: 0 });
    expect(await run(path, 'a.spl', '--key', 'ours.pem')).toMatchObject({ code: 1, stdout: expect.stringContaining('one of them was changed') });
    expect(await run(path, 'a.spl', '--key', 'theirs.pem')).toMatchObject({ code: 1, stdout: expect.stringContaining('another key') });
    rmSync(join(path, 'SHA256SUMS.sig'));
    expect(await run(path, 'a.spl', '--key', 'ours.pem')).toMatchObject({ code: 1, stdout: expect.stringContaining('there is no signature') });
    expect(await run(path, 'other')).toMatchObject({ code: 1, stdout: 'other: it is not in SHA256SUMS\n' });
    rmSync(join(path, 'a.spl'));
    expect(await run(path, '.')).toMatchObject({ code: 1, stdout: 'a.spl: it cannot be read: ENOENT\n' });
  });

  test('says what it needs', async () => {
    const path = signed();
    expect(await run(path, 'nowhere')).toMatchObject({ code: 2, stderr: expect.stringContaining('there is no nowhere') });
    expect(await run(path, 'a.spl', '--key', 'secret.pem')).toMatchObject({ code: 2, stderr: expect.stringContaining('private key') });
    rmSync(join(path, 'SHA256SUMS'));
    mkdirSync(join(path, 'SHA256SUMS'));
    expect(await run(path, 'a.spl')).toMatchObject({ code: 2, stderr: expect.stringContaining('no SHA256SUMS beside') });
    rmSync(join(path, 'SHA256SUMS'), { recursive: true });
    expect(await run(path, 'a.spl')).toMatchObject({ code: 2, stderr: expect.stringContaining('no SHA256SUMS beside') });
  });
});
