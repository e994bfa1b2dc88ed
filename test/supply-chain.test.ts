import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import type { PackInfo } from '../src/pack/model/detection.ts';
import { checksumsText, readChecksums } from '../src/release/supply-chain/checksums.ts';
import {
  envelopeText,
  isSignedBy,
  readEnvelope,
  signedBytes,
} from '../src/release/supply-chain/envelope.ts';
import { provenanceText } from '../src/release/supply-chain/provenance.ts';
import { sbomText } from '../src/release/supply-chain/sbom.ts';
import {
  readPrivateKey,
  readPublicKey,
  signatureText,
  verifySignature,
} from '../src/release/supply-chain/signature.ts';
import { sourceUri } from '../src/release/supply-chain/source-uri.ts';
import { spdxIds } from '../src/release/supply-chain/spdx-ids.ts';
import { subjectError } from '../src/release/supply-chain/subjects.ts';

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
  return {
    secret: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    open: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}
const ours = keyPair();
const theirs = keyPair();
const secretKey = (pem: string) => {
  const read = readPrivateKey(pem);
  if (!read.ok) throw new Error(read.error);
  return read.value;
};
const openKey = (pem: string) => {
  const read = readPublicKey(pem);
  if (!read.ok) throw new Error(read.error);
  return read.value;
};

describe('SHA256SUMS', () => {
  test('comes back as written, sorted by name', () => {
    const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,20}[A-Za-z0-9]$/);
    const digest = fc.stringMatching(/^[0-9a-f]{64}$/);
    fc.assert(
      fc.property(fc.dictionary(name, digest, { minKeys: 1, noNullPrototype: true }), (files) => {
        const text = checksumsText(
          Object.entries(files).map(([path, sum]) => ({ path, sha256: sum })),
        );
        const read = readChecksums(Buffer.from(text));
        expect(read.ok && Object.fromEntries(read.value)).toEqual(files);
        expect(readChecksums(Buffer.from(text.replaceAll('\n', '\r\n')))).toEqual(read);
      }),
    );
  });

  test('is what sha256sum checks', () => {
    const path = folder({ 'a.txt': 'a', 'b c.txt': 'b' });
    writeFileSync(
      join(path, 'SHA256SUMS'),
      checksumsText(
        ['b c.txt', 'a.txt'].map((name) => ({
          path: name,
          sha256: sha256(readFileSync(join(path, name), 'utf8')),
        })),
      ),
    );
    expect(execFileSync('sha256sum', ['-c', 'SHA256SUMS'], { cwd: path, encoding: 'utf8' })).toBe(
      'a.txt: OK\nb c.txt: OK\n',
    );
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
    expect(readChecksums(Buffer.from(text)).ok).toBe(false);
  });
});

describe('a signature', () => {
  const text = 'x  y\n';
  const signature = signatureText(text, secretKey(ours.secret));

  test('is good for its text and key alone', () => {
    expect(verifySignature(Buffer.from(text), signature, openKey(ours.open))).toBe('good');
    expect(verifySignature(Buffer.from(`${text} `), signature, openKey(ours.open))).toBe('bad');
    expect(verifySignature(Buffer.from(text), signature, openKey(theirs.open))).toBe('other key');
    expect(verifySignature(Buffer.from(text), signature.slice(0, -5), openKey(ours.open))).toBe(
      'malformed',
    );
    expect(
      verifySignature(
        Buffer.from(text),
        signature.replace(/\n(.)/, (_, char: string) => `\n${char === 'A' ? 'B' : 'A'}`),
        openKey(ours.open),
      ),
    ).toBe('bad');
    expect(signatureText(text, secretKey(ours.secret))).toBe(signature);
  });

  test('is over bytes: a letter that is not UTF-8 is not the one that stands for it', () => {
    const broken = Buffer.from([0x61, 0xff, 0x0a]);
    const shown = signatureText(broken.toString('utf8'), secretKey(ours.secret));
    expect(verifySignature(broken, shown, openKey(ours.open))).toBe('bad');
    expect(
      readChecksums(Buffer.concat([Buffer.from(`${'a'.repeat(64)}  `), broken])),
    ).toMatchObject({ ok: false, error: { message: 'the file is not UTF-8' } });
    expect(readChecksums(Buffer.from(`\ufeff${'a'.repeat(64)}  x\n`)).ok).toBe(false);
  });

  test('is one that openssl checks', () => {
    const path = folder({
      text,
      'key.pem': ours.open,
      sig: Buffer.from(signature.split('\n')[1] ?? '', 'base64'),
    });
    const check = spawnSync(
      'openssl',
      [
        'pkeyutl',
        '-verify',
        '-pubin',
        '-inkey',
        'key.pem',
        '-rawin',
        '-in',
        'text',
        '-sigfile',
        'sig',
      ],
      {
        cwd: path,
        encoding: 'utf8',
      },
    );
    expect(check.stdout).toContain('Signature Verified Successfully');
  });

  test('needs an ed25519 key, and says nothing of the key', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString();
    expect(readPrivateKey(rsa)).toEqual({ ok: false, error: 'it is for rsa, not for ed25519' });
    const broken = ours.secret.replace(/\n[A-Za-z0-9]{8}/, '\nAAAAAAAA');
    for (const pem of [rsa, broken, 'secret text', ours.open]) {
      const read = readPrivateKey(pem);
      expect(read.ok).toBe(false);
      if (!read.ok) expect(read.error).not.toMatch(/secret|AAAA|MC4C/);
    }
    expect(readPublicKey(ours.secret)).toEqual({
      ok: false,
      error: 'it is a private key; give the public one',
    });
    const { privateKey } = generateKeyPairSync('ed25519');
    const encrypted = privateKey
      .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'word' })
      .toString();
    expect(readPrivateKey(encrypted)).toEqual({
      ok: false,
      error: 'it is encrypted; give the key without a password',
    });
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

describe('an envelope', () => {
  const statement = '{"_type":"https://in-toto.io/Statement/v1"}\n';
  const text = envelopeText(statement, secretKey(ours.secret));
  const changed = (
    change: (envelope: {
      payload: string;
      payloadType: string;
      signatures: readonly object[];
    }) => object,
  ): string =>
    JSON.stringify(
      change(
        JSON.parse(text) as { payload: string; payloadType: string; signatures: readonly object[] },
      ),
    );

  test('signs type and payload, as the specification of DSSE has it', () => {
    expect(
      signedBytes('http://example.com/HelloWorld', Buffer.from('hello world')).toString(),
    ).toBe('DSSEv1 29 http://example.com/HelloWorld 11 hello world');
    // lengths are of bytes
    expect(signedBytes('tä', Buffer.from('é')).toString()).toBe('DSSEv1 3 tä 2 é');
  });

  test('is one line, the same for the same, with the id of the key', () => {
    expect(text.match(/\n/g)).toHaveLength(1);
    expect(envelopeText(statement, secretKey(ours.secret))).toBe(text);
    const [id] = /[0-9a-f]{16}/.exec(signatureText('', secretKey(ours.secret))) ?? [];
    expect(JSON.parse(text)).toMatchObject({
      payloadType: 'application/vnd.in-toto+json',
      signatures: [{ keyid: id }],
    });
    expect(readEnvelope(text)?.payload.toString()).toBe(statement);
  });

  test('is signed by its key alone, whatever key it names', () => {
    const read = (one: string) => readEnvelope(one) ?? expect.fail('no envelope');
    expect(isSignedBy(read(text), openKey(ours.open))).toBe(true);
    expect(isSignedBy(read(text), openKey(theirs.open))).toBe(false);
    expect(
      isSignedBy(
        read(
          changed((one) => ({
            ...one,
            signatures: one.signatures.map((sig) => ({ ...sig, keyid: 'x' })),
          })),
        ),
        openKey(ours.open),
      ),
    ).toBe(true);
    expect(
      isSignedBy(
        read(
          changed((one) => ({ ...one, payload: Buffer.from(`${statement} `).toString('base64') })),
        ),
        openKey(ours.open),
      ),
    ).toBe(false);
    const both = changed((one) => ({ ...one, signatures: [{ sig: 'AAAA' }, ...one.signatures] }));
    expect(isSignedBy(read(both), openKey(ours.open))).toBe(true);
  });

  test.each([
    ['of another type', changed((one) => ({ ...one, payloadType: 'application/json' }))],
    ['without a signature', changed((one) => ({ ...one, signatures: [] }))],
    [
      'with a signature that is none',
      changed((one) => ({ ...one, signatures: [null, { sig: 1 }, { sig: '%' }] })),
    ],
    ['whose payload is not base64', changed((one) => ({ ...one, payload: '{}' }))],
    ['that is a statement', statement],
    ['that is not JSON', 'x'],
    ['that is null', 'null'],
  ])('%s is none', (_, one) => expect(readEnvelope(one)).toBeUndefined());
});

describe('the subjects of a provenance', () => {
  const files = new Map([
    ['a', '1'],
    ['b', '2'],
  ]);
  const statement = (subject: unknown, more: object = {}): string =>
    JSON.stringify({
      _type: 'https://in-toto.io/Statement/v1',
      predicateType: 'https://slsa.dev/provenance/v1',
      subject,
      ...more,
    });
  const of = (name: string, digest: unknown): object => ({ name, digest: { sha256: digest } });

  test.each([
    [statement([of('a', '1'), of('b', '2')]), undefined],
    [statement([of('a', '1')]), 'it says nothing of b'],
    [statement([of('a', '1'), of('b', '3')]), 'it is about another b'],
    [
      statement([of('a', '1'), of('b', '2'), of('c', '3')]),
      'it is about c, which is not a file of the release',
    ],
    [statement([of('a', '1'), of('a', '1')]), 'it names a twice'],
    [statement([of('a', '1'), null]), 'it has a subject without a name or a SHA-256'],
    [statement([of('a', 1)]), 'it has a subject without a name or a SHA-256'],
    [statement({}), 'it is not an in-toto statement'],
    [
      statement([], { predicateType: 'https://slsa.dev/provenance/v0.2' }),
      'it is not provenance (SLSA v1)',
    ],
    ['[]', 'it is not an in-toto statement'],
    ['{', 'it is not an in-toto statement'],
  ])('%s: %s', (text, problem) => expect(subjectError(text, files)).toBe(problem));
});

describe('the bill of materials', () => {
  const input = {
    pack: info,
    toolVersion: '0.1.0',
    date: '2026-11-25T06:00:00.000Z',
    artifacts,
    rules: [
      {
        id: '00000000-0000-4000-8000-000000000002',
        title: 'Second "rule" <x>',
        path: 'rules/2.yml',
        license: 'DRL-1.1 AND MIT',
        author: 'Ann',
      },
      {
        id: '00000000-0000-4000-8000-000000000001',
        title: 'First',
        path: 'rules/1.yml',
        license: 'as you like',
        author: 'Bob',
      },
    ],
  };

  const schemas = join(
    dirname(createRequire(import.meta.url).resolve('@cyclonedx/cyclonedx-library/package.json')),
    'res',
    'schema',
  );
  const load = (name: string): object =>
    JSON.parse(readFileSync(join(schemas, name), 'utf8')) as object;

  test('knows the licences that the schema knows', () => {
    expect([...spdxIds]).toEqual((load('spdx.SNAPSHOT.schema.json') as { enum?: string[] }).enum);
  });

  test('fits the schema of CycloneDX 1.6', () => {
    const ajv = new Ajv({ strict: false, validateFormats: false });
    for (const name of ['spdx', 'jsf-0.82', 'cryptography-defs'])
      ajv.addSchema({
        ...load(`${name}.SNAPSHOT.schema.json`),
        $id: `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`,
      });
    const valid = ajv.compile(load('bom-1.6.SNAPSHOT.schema.json'));
    const bom: unknown = JSON.parse(sbomText(input));
    expect(valid(bom), JSON.stringify(valid.errors)).toBe(true);
    expect(valid({ ...(bom as object), specVersion: 6 })).toBe(false);
  });

  test('names the pack, each artifact with its digest, and each rule', () => {
    const bom = JSON.parse(sbomText(input)) as Record<string, never> & {
      readonly components: readonly Record<string, unknown>[];
    };
    expect(bom.metadata).toMatchObject({
      timestamp: '2026-11-25T06:00:00.000Z',
      component: { name: 'acme', version: '1.2.0', licenses: [{ license: { id: 'MIT' } }] },
    });
    expect(bom.components.map(({ type, name }) => `${String(type)} ${String(name)}`)).toEqual([
      'file a.spl',
      'file b.json',
      'data First',
      'data Second "rule" <x>',
    ]);
    expect(bom.components[0]).toMatchObject({
      hashes: [{ alg: 'SHA-256', content: sha256('a.spl') }],
    });
    expect(bom.components[2]).toMatchObject({ licenses: [{ license: { name: 'as you like' } }] });
    expect(bom.components[3]).toMatchObject({
      author: 'Ann',
      licenses: [{ expression: 'DRL-1.1 AND MIT' }],
    });
  });

  test('is the same text as ever', () => {
    const pack = { ...info, url: "https://acme.example/?q='[{<x>}]'" };
    const [rule] = input.rules;
    expect(sbomText({ ...input, pack, rules: rule ? [rule] : [] })).toMatchInlineSnapshot(`
      "{
       "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
       "bomFormat": "CycloneDX",
       "specVersion": "1.6",
       "version": 1,
       "serialNumber": "urn:uuid:af99ddb9-cb23-57c3-92ca-8116c048f5ff",
       "metadata": {
        "timestamp": "2026-11-25T06:00:00.000Z",
        "tools": [
         {
          "vendor": "Sigpack",
          "name": "sigpack",
          "version": "0.1.0"
         }
        ],
        "component": {
         "type": "application",
         "name": "acme",
         "version": "1.2.0",
         "bom-ref": "pack",
         "author": "Acme",
         "description": "Detections",
         "licenses": [
          {
           "license": {
            "id": "MIT"
           }
          }
         ],
         "externalReferences": [
          {
           "url": "https://acme.example/?q=%27%5B%7B%3Cx%3E%7D%5D%27",
           "type": "website"
          }
         ]
        }
       },
       "components": [
        {
         "type": "file",
         "name": "a.spl",
         "version": "1.2.0",
         "bom-ref": "file:a.spl",
         "hashes": [
          {
           "alg": "SHA-256",
           "content": "7957fa8d8dcfe2f89fedbb7fcac75b90b331dc252c5a5de28aa0d570296921bb"
          }
         ]
        },
        {
         "type": "file",
         "name": "b.json",
         "version": "1.2.0",
         "bom-ref": "file:b.json",
         "hashes": [
          {
           "alg": "SHA-256",
           "content": "32af381d17562c8204bd7b8320cea69bbd2d90cde4ebabc9f1387bc5f8a57976"
          }
         ]
        },
        {
         "type": "data",
         "name": "Second \\"rule\\" <x>",
         "bom-ref": "rule:00000000-0000-4000-8000-000000000002",
         "author": "Ann",
         "licenses": [
          {
           "expression": "DRL-1.1 AND MIT"
          }
         ],
         "properties": [
          {
           "name": "sigpack:rule:id",
           "value": "00000000-0000-4000-8000-000000000002"
          },
          {
           "name": "sigpack:rule:path",
           "value": "rules/2.yml"
          }
         ]
        }
       ],
       "dependencies": [
        {
         "ref": "file:a.spl"
        },
        {
         "ref": "file:b.json"
        },
        {
         "ref": "pack"
        },
        {
         "ref": "rule:00000000-0000-4000-8000-000000000002"
        }
       ]
      }
      "
    `);
  });

  test('is the same for the same, in whatever order', () => {
    const turned = { ...input, rules: [...input.rules].reverse() };
    expect(sbomText(turned)).toBe(sbomText(input));
    expect(
      sbomText({ ...input, artifacts: [{ path: 'a.spl', sha256: sha256('other') }] }),
    ).not.toContain(/urn:uuid:[0-9a-f-]+/.exec(sbomText(input))?.[0]);
  });
});

test('the provenance names artifacts, commit, lock and builder', () => {
  const statement: unknown = JSON.parse(
    provenanceText({
      pack: info,
      toolVersion: '0.1.0',
      configPath: 'sigpack.yml',
      subjects: artifacts,
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
          {
            uri: 'git+https://git.example.org/acme/rules.git',
            digest: { gitCommit: 'c'.repeat(40) },
          },
          { name: 'sigpack.lock', digest: { sha256: sha256('lock') } },
        ],
      },
      runDetails: {
        builder: { version: { sigpack: '0.1.0' } },
        metadata: { invocationId: 'run 7' },
      },
    },
  });
});

describe('the address of the source', () => {
  test.each([
    ['https://git.example.org/acme/rules.git', 'git+https://git.example.org/acme/rules.git'],
    [
      'https://me:hush@git.example.org:8443/acme/rules.git',
      'git+https://git.example.org:8443/acme/rules.git',
    ],
    ['https://me:hu@sh@git.example.org/rules.git', 'git+https://git.example.org/rules.git'],
    [
      'https://hush@git.example.org/rules.git?private_token=hush#hush',
      'git+https://git.example.org/rules.git',
    ],
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
