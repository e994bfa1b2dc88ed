import type { PackInfo } from '../../pack/model/detection.ts';
import type { FileDigest } from './checksums.ts';

/** URI of the build type: the page that describes such a build. */
const buildType = 'https://github.com/sigpack/sigpack/blob/main/docs/releases.md#provenance';
/** URI of the builder of a release that was made by hand. */
const localBuilder =
  'https://github.com/sigpack/sigpack/blob/main/docs/releases.md#a-release-by-hand';

/** Extensions of provenance: as a statement, and in a signed envelope (DSSE). */
export const statementExtension = '.intoto.json';
export const envelopeExtension = '.intoto.jsonl';

export interface ProvenanceInput {
  readonly pack: PackInfo;
  readonly toolVersion: string;
  /** As given on the command line. */
  readonly configPath: string;
  /** All files of the release but the provenance, the checksums and their signature. */
  readonly subjects: readonly FileDigest[];
  readonly commit: string | undefined;
  /** A URI without secrets, as `sourceUri` returns it. */
  readonly remote: string | undefined;
  readonly lockSha256: string;
  /** A URI of the CI system and job; undefined for a release by hand. */
  readonly builderId: string | undefined;
  readonly invocationId: string | undefined;
}

/**
 * An in-toto statement (v1) with SLSA provenance (v1): which artifacts were built from which
 * commit, and how. It has no date, so the same release has the same bytes.
 */
export function provenanceText({
  pack,
  toolVersion,
  configPath,
  subjects,
  commit,
  remote,
  lockSha256,
  builderId,
  invocationId,
}: ProvenanceInput): string {
  const source =
    commit === undefined
      ? []
      : [
          {
            ...(remote === undefined ? { name: 'source' } : { uri: remote }),
            digest: { gitCommit: commit },
          },
        ];
  const statement = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [...subjects]
      .sort((a, b) => (a.path < b.path ? -1 : 1))
      .map(({ path, sha256 }) => ({ name: path, digest: { sha256 } })),
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: {
        buildType,
        externalParameters: { pack: pack.id, version: pack.version, configuration: configPath },
        internalParameters: {},
        resolvedDependencies: [...source, { name: 'sigpack.lock', digest: { sha256: lockSha256 } }],
      },
      runDetails: {
        builder: { id: builderId ?? localBuilder, version: { sigpack: toolVersion } },
        ...(invocationId === undefined ? {} : { metadata: { invocationId } }),
      },
    },
  };
  return `${JSON.stringify(statement, undefined, 1)}\n`;
}
