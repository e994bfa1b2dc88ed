import type { Target } from '../pack/config/config.ts';
import { enabledIds } from '../pack/config/enabled.ts';
import type { DetectionOutcome, TargetOutcome } from '../pack/outcome.ts';
import type { Pack } from '../pack/pack.ts';
import { madeFor } from './made-for.ts';

/** An artifact in the manifest. */
export interface ArtifactDigest {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/**
 * `manifest.json`: the digest of each artifact, and for each rule what became of it in each target,
 * or why it is missing.
 */
export function manifestText(
  pack: Pack,
  artifacts: readonly ArtifactDigest[],
  toolVersion: string,
  pathOf: (path: string) => string = (path) => path,
): string {
  const { info } = pack.config;
  const running = new Map(pack.config.targets.map((target) => [target, enabledIds(pack, target)]));
  const manifest = {
    manifestVersion: 1,
    generator: `sigpack ${toolVersion}`,
    pack: { id: info.id, title: info.title, version: info.version, revision: info.revision },
    madeFor: madeFor(pack),
    artifacts: artifacts
      .map(({ path, size, sha256 }) => ({ path, size, sha256 }))
      .sort((a, b) => (a.path < b.path ? -1 : 1)),
    detections: [...pack.outcomes]
      .sort((a, b) => (a.detection.id < b.detection.id ? -1 : 1))
      .map((outcome) => detectionEntry(outcome, running, pathOf, pack.groups.groupOf)),
  };
  return `${JSON.stringify(manifest, null, 1)}\n`;
}

function detectionEntry(
  { detection, targets }: DetectionOutcome,
  running: ReadonlyMap<Target, ReadonlySet<string>>,
  pathOf: (path: string) => string,
  groupOf: Pack['groups']['groupOf'],
): object {
  const { id, name, rule, severity, settings } = detection;
  const entries: Partial<Record<Target, object>> = {};
  for (const [target, ids] of running) {
    const outcome = targets.get(target);
    if (outcome)
      entries[target] =
        outcome.kind === 'compiled'
          ? {
              ...compiledEntry(outcome, ids.has(id), settings.enabled),
              // the search that runs it in place of its own
              scheduled: target === 'splunk' ? groupOf.get(id)?.name : undefined,
            }
          : { skipped: outcome.reasons };
  }
  return {
    id,
    name,
    file: pathOf(rule.file.path),
    kind: rule.kind,
    severity,
    enabled: settings.enabled,
    targets: entries,
  };
}

/** Undefined values are not in the JSON. */
const compiledEntry = (
  { names, queries, off, leftOff }: TargetOutcome & { readonly kind: 'compiled' },
  runs: boolean,
  enabled: boolean,
): object => ({
  name: names[0],
  queries: queries.length,
  // only if it differs from the detection as a whole
  enabled: off || runs !== enabled ? runs : undefined,
  reason: leftOff,
});
