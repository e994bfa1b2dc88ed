import type { PackInfo } from '../../pack/model/detection.ts';
import type { FileDigest } from './checksums.ts';

/** What a build of this type does is described there. */
const buildType = 'https://github.com/sigpack/sigpack/blob/main/docs/releases.md#provenance';
/** Of a release that a person made. */
const localBuilder =
  'https://github.com/sigpack/sigpack/blob/main/docs/releases.md#a-release-by-hand';

/** Ends the names of provenance: as a statement, and in a signed envelope (DSSE). */
export const statementExtension = '.intoto.json';
export const envelopeExtension = '.intoto.jsonl';

export interface ProvenanceInput {
  readonly pack: PackInfo;
  readonly toolVersion: string;
  /** As given on the command line. */
  readonly configPath: string;
  /** All files of the release that are there before the provenance. */
  readonly subjects: readonly FileDigest[];
  readonly commit: string | undefined;
  /** A URI without a secret, as `sourceUri` gives it. */
  readonly remote: string | undefined;
  readonly lockSha256: string;
  /** A URI of the CI system and job; undefined: by hand. */
  readonly builderId: string | undefined;
  readonly invocationId: string | undefined;
}

/**
 * An in-toto statement (v1) with SLSA's provenance (v1): which artifacts were made of which commit
 * by what. No clock.
 */
export function provenanceText(input: ProvenanceInput): string {
  const {
    pack,
    toolVersion,
    configPath,
    subjects,
    commit,
    remote,
    lockSha256,
    builderId,
    invocationId,
  } = input;
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
