import type { PackInfo } from '../../pack/model/detection.ts';
import { percentEncoded } from '../../source/char-escape.ts';
import { sigpackNamespace, uuidV5 } from '../../source/uuid.ts';
import type { FileDigest } from './checksums.ts';
import { spdxIds } from './spdx-ids.ts';

export interface SbomRule {
  readonly id: string;
  readonly title: string;
  readonly path: string;
  readonly license?: string;
  readonly author?: string;
}

export interface SbomInput {
  readonly pack: PackInfo;
  readonly toolVersion: string;
  /** ISO 8601; the date of the commit, so that the same release has the same bytes. */
  readonly date: string;
  readonly artifacts: readonly FileDigest[];
  readonly rules: readonly SbomRule[];
}

/** The part of a CycloneDX component that is used; JSON omits what is undefined. */
interface Component {
  readonly type: 'application' | 'file' | 'data';
  readonly name: string;
  readonly version?: string | undefined;
  readonly 'bom-ref': string;
  readonly author?: string | undefined;
  readonly description?: string | undefined;
  readonly hashes?: readonly { readonly alg: 'SHA-256'; readonly content: string }[];
  readonly licenses?: readonly License[] | undefined;
  readonly externalReferences?:
    | readonly { readonly url: string; readonly type: 'website' }[]
    | undefined;
  readonly properties?: readonly { readonly name: string; readonly value: string }[];
}

type License =
  | { readonly license: { readonly id: string } | { readonly name: string } }
  | { readonly expression: string };

/**
 * A bill of materials (CycloneDX 1.6, JSON): the pack, its artifacts as files with digests, and
 * each rule as data with its author and licence.
 */
export function sbomText({ pack, toolVersion, date, artifacts, rules }: SbomInput): string {
  const seed = JSON.stringify([
    pack.id,
    pack.version,
    artifacts.map(({ path, sha256 }) => [path, sha256]),
  ]);
  const component = packComponent(pack);
  const components = [
    ...artifacts.map((artifact) => fileComponent(artifact, pack.version)),
    ...rules.map(ruleComponent),
  ].sort((a, b) => byText(a['bom-ref'], b['bom-ref']));
  const bom = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    serialNumber: `urn:uuid:${uuidV5(sigpackNamespace, seed)}`,
    metadata: {
      timestamp: new Date(date).toISOString(),
      tools: [{ vendor: 'Sigpack', name: 'sigpack', version: toolVersion }],
      component,
    },
    components,
    dependencies: [component, ...components]
      .map((one) => ({ ref: one['bom-ref'] }))
      .sort((a, b) => byText(a.ref, b.ref)),
  };
  return `${JSON.stringify(bom, null, 1)}\n`;
}

/** Not by code units: published SBOMs have the order of a collator. */
const { compare: byText } = new Intl.Collator('en');

const packComponent = (pack: PackInfo): Component => ({
  type: 'application',
  name: pack.id,
  version: orNothing(pack.version),
  'bom-ref': 'pack',
  author: orNothing(pack.author),
  description: orNothing(pack.description),
  licenses: licensesOf(pack.license),
  externalReferences:
    pack.url === '' ? undefined : [{ url: escapedUrl(pack.url), type: 'website' }],
});

const fileComponent = ({ path, sha256 }: FileDigest, version: string): Component => ({
  type: 'file',
  name: path,
  version: orNothing(version),
  'bom-ref': `file:${path}`,
  hashes: [{ alg: 'SHA-256', content: sha256 }],
});

const ruleComponent = ({ id, title, path, license = '', author = '' }: SbomRule): Component => ({
  type: 'data',
  name: title,
  'bom-ref': `rule:${id}`,
  author: orNothing(author),
  licenses: licensesOf(license),
  properties: [
    { name: 'sigpack:rule:id', value: id },
    { name: 'sigpack:rule:path', value: path },
  ],
});

const orNothing = (text: string): string | undefined => (text === '' ? undefined : text);

/** Escapes characters that a URL in CycloneDX must not have. */
const escapedUrl = (url: string): string => url.replace(/[ "'[\]<>{}]/g, percentEncoded);

/** An SPDX id or expression as such; any other text as the name of a licence. */
function licensesOf(license: string): readonly License[] | undefined {
  if (license === '') return undefined;
  if (spdxIds.has(license)) return [{ license: { id: license } }];
  const isExpression = /^[A-Za-z0-9.+-]+(?: (?:AND|OR|WITH) [A-Za-z0-9.+-]+)+$/.test(license);
  return [isExpression ? { expression: license } : { license: { name: license } }];
}
