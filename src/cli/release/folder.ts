import { createHash, type KeyObject } from 'node:crypto';
import { type Artifact, digested } from '../../artifact/artifacts.ts';
import type { PackFile } from '../../pack/model/detection.ts';
import type { Pack } from '../../pack/pack.ts';
import { checksumsText, sumsName } from '../../release/supply-chain/checksums.ts';
import { envelopeText } from '../../release/supply-chain/envelope.ts';
import {
  envelopeExtension,
  provenanceText,
  statementExtension,
} from '../../release/supply-chain/provenance.ts';
import { sbomText } from '../../release/supply-chain/sbom.ts';
import {
  readPrivateKey,
  signatureName,
  signatureText,
} from '../../release/supply-chain/signature.ts';
import { sourceUri } from '../../release/supply-chain/source-uri.ts';
import { CommandError } from '../error/command-error.ts';
import type { LoadedConfig } from '../files/config-file.ts';
import { readSecretKeyFile } from '../files/key-file.ts';
import { currentCommit, isRepository, remoteUrl } from '../process/git.ts';
import { toolVersion } from '../process/package-root.ts';

/** The environment variable with the signing key, as PEM. */
const keyVariable = 'SIGPACK_SIGNING_KEY';

export interface Signing {
  readonly key: KeyObject;
}

/** The key of `--sign`: from a file, or from the environment where no file is named. */
export function signingKey(sign: string | true | undefined): Signing | undefined {
  if (sign === undefined) return undefined;
  const pem = sign === true ? process.env[keyVariable] : readSecretKeyFile('the signing key', sign);
  if (pem === undefined || pem.trim() === '')
    throw new CommandError(`--sign needs a key: a file, or PEM text in ${keyVariable}`);
  const read = readPrivateKey(pem);
  const place = sign === true ? `in ${keyVariable}` : sign;
  if (!read.ok) throw new CommandError(`the signing key ${place} cannot be used: ${read.error}`);
  return { key: read.value };
}

/** The commit that a release is made from. */
export interface ReleaseSource {
  /** ISO 8601, UTC. */
  readonly date: string;
  readonly commit: string | undefined;
  /** As {@link sourceUri} gives it. */
  readonly remote: string | undefined;
}

/**
 * The current commit and its date, so that the same release has the same bytes; SOURCE_DATE_EPOCH
 * overrides the date.
 */
export function sourceOf(folder: string): ReleaseSource {
  const commit = currentCommit(folder);
  const epoch = process.env.SOURCE_DATE_EPOCH;
  if (epoch !== undefined && !/^\d{1,12}$/.test(epoch))
    throw new CommandError('SOURCE_DATE_EPOCH is not a number of seconds');
  const date = epoch === undefined ? commit?.date : new Date(Number(epoch) * 1000).toISOString();
  if (date === undefined) {
    const first = isRepository(folder) ? 'commit first' : 'run git init and commit first';
    throw new CommandError(
      `a release takes its date and its commit from git: ${first}, or set SOURCE_DATE_EPOCH ` +
        'for a release without a commit',
    );
  }
  return { date, commit: commit?.id, remote: sourceUri(remoteUrl(folder) ?? '') };
}

export interface ReleaseFolderInput {
  readonly artifacts: readonly Artifact[];
  readonly pack: Pack;
  /** The text of the lock that belongs to the release. */
  readonly lock: string;
  readonly loaded: LoadedConfig;
  /** Paths as the release names them. */
  readonly pathOf: (path: string) => string;
  readonly source: ReleaseSource;
  readonly signing: Signing | undefined;
}

/**
 * The files of a release: the artifacts, SBOM, provenance, SHA256SUMS over them, and its signature.
 */
export function releaseFolder({
  artifacts,
  pack,
  lock,
  loaded,
  pathOf,
  source,
  signing,
}: ReleaseFolderInput): readonly PackFile[] {
  const { info } = pack.config;
  const stem = `${info.id}-${info.version}`;
  const sbom = sbomText({
    pack: info,
    toolVersion: toolVersion(),
    date: source.date,
    artifacts,
    rules: pack.outcomes.map(({ detection: { id, rule } }) => ({
      id,
      title: rule.title,
      path: pathOf(rule.file.path),
      ...(rule.license === undefined ? {} : { license: rule.license }),
      ...(rule.author === undefined ? {} : { author: rule.author }),
    })),
  });
  const described = [...artifacts, digested({ path: `${stem}.cdx.json`, content: sbom })];
  const statement = provenanceText({
    pack: info,
    toolVersion: toolVersion(),
    configPath: pathOf(loaded.file.path),
    subjects: described,
    commit: source.commit,
    remote: source.remote,
    lockSha256: createHash('sha256').update(lock).digest('hex'),
    builderId: process.env.SIGPACK_BUILDER_ID,
    invocationId: process.env.SIGPACK_INVOCATION_ID,
  });
  // without a signature, there is no point in an envelope
  const provenance = signing
    ? { path: `${stem}${envelopeExtension}`, content: envelopeText(statement, signing.key) }
    : { path: `${stem}${statementExtension}`, content: statement };
  const files = [...described, digested(provenance)];
  const sums = checksumsText(files);
  return [
    ...files.map(({ path, content }) => ({ path, content })),
    { path: sumsName, content: sums },
    ...(signing ? [{ path: signatureName, content: signatureText(sums, signing.key) }] : []),
  ];
}
