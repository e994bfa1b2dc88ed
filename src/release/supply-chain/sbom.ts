import {
  ComponentType,
  ExternalReferenceType,
  HashAlgorithm,
} from '@cyclonedx/cyclonedx-library/Enums';
import {
  Bom,
  Component,
  ExternalReference,
  HashDictionary,
  LicenseExpression,
  Metadata,
  NamedLicense,
  Property,
  SpdxLicense,
  Tool,
} from '@cyclonedx/cyclonedx-library/Models';
import { JSON as Json, JsonSerializer } from '@cyclonedx/cyclonedx-library/Serialize';
import { isSupportedSpdxId } from '@cyclonedx/cyclonedx-library/SPDX';
import { Spec1dot6 } from '@cyclonedx/cyclonedx-library/Spec';
import type { PackInfo } from '../../pack/model/detection.ts';
import { sigpackNamespace, uuidV5 } from '../../source/uuid.ts';
import type { FileDigest } from './checksums.ts';

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
  /** ISO 8601: of the commit, since there is no clock. */
  readonly date: string;
  readonly artifacts: readonly FileDigest[];
  readonly rules: readonly SbomRule[];
}

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
  const component = new Component(ComponentType.Application, pack.id, {
    bomRef: 'pack',
    version: pack.version,
    description: pack.description,
    author: pack.author,
  });
  if (pack.url !== '')
    component.externalReferences.add(
      new ExternalReference(pack.url, ExternalReferenceType.Website),
    );
  addLicense(component, pack.license);
  const bom = new Bom({
    serialNumber: `urn:uuid:${uuidV5(sigpackNamespace, seed)}`,
    metadata: new Metadata({ timestamp: new Date(date), component }),
  });
  bom.metadata.tools.tools.add(
    new Tool({ vendor: 'Sigpack', name: 'sigpack', version: toolVersion }),
  );
  for (const { path, sha256 } of artifacts) {
    const hashes = new HashDictionary([[HashAlgorithm['SHA-256'], sha256]]);
    bom.components.add(
      new Component(ComponentType.File, path, {
        bomRef: `file:${path}`,
        version: pack.version,
        hashes,
      }),
    );
  }
  for (const rule of rules) bom.components.add(ruleComponent(rule));
  const serializer = new JsonSerializer(new Json.Normalize.Factory(Spec1dot6));
  return `${serializer.serialize(bom, { sortLists: true, space: 1 })}\n`;
}

function ruleComponent({ id, title, path, license, author }: SbomRule): Component {
  const component = new Component(ComponentType.Data, title, {
    bomRef: `rule:${id}`,
    ...(author === undefined ? {} : { author }),
  });
  component.properties.add(new Property('sigpack:rule:id', id));
  component.properties.add(new Property('sigpack:rule:path', path));
  addLicense(component, license ?? '');
  return component;
}

/**
 * An SPDX id or expression as such, anything else by name: what it is worth is not for us to say.
 */
function addLicense(component: Component, license: string): void {
  if (license !== '') component.licenses.add(licenseOf(license));
}

function licenseOf(license: string): SpdxLicense | LicenseExpression | NamedLicense {
  if (isSupportedSpdxId(license)) return new SpdxLicense(license);
  return /^[A-Za-z0-9.+-]+(?: (?:AND|OR|WITH) [A-Za-z0-9.+-]+)+$/.test(license)
    ? new LicenseExpression(license)
    : new NamedLicense(license);
}
