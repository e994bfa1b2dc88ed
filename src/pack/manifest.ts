import type { Target } from './config.ts';
import { enabledIds } from './enabled.ts';
import type { DetectionOutcome, TargetOutcome } from './outcome.ts';
import type { Pack } from './pack.ts';

/** An artifact as the manifest names it. */
export interface ArtifactDigest {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** `manifest.json`: the digest of each artifact, and what each rule became in each target, or why it is not there. */
export function manifestText(pack: Pack, artifacts: readonly ArtifactDigest[], toolVersion: string, pathOf: (path: string) => string = (path) => path): string {
  const { info } = pack.config;
  const running = new Map(pack.config.targets.map((target) => [target, enabledIds(pack, target)]));
  const manifest = {
    manifestVersion: 1,
    generator: `sigpack ${toolVersion}`,
    pack: { id: info.id, title: info.title, version: info.version, revision: info.revision },
    artifacts: artifacts.map(({ path, size, sha256 }) => ({ path, size, sha256 })).sort((a, b) => (a.path < b.path ? -1 : 1)),
    detections: [...pack.outcomes].sort((a, b) => (a.detection.id < b.detection.id ? -1 : 1)).map((outcome) => detectionEntry(outcome, running, pathOf)),
  };
  return `${JSON.stringify(manifest, null, 1)}\n`;
}

function detectionEntry({ detection, targets }: DetectionOutcome, running: ReadonlyMap<Target, ReadonlySet<string>>, pathOf: (path: string) => string): object {
  const { id, name, rule, severity, settings } = detection;
  const entries = [...running].flatMap(([target, ids]) => {
    const outcome = targets.get(target);
    const runs = ids.has(id);
    // said where it is otherwise than for the detection as a whole
    const enabled = outcome?.kind === 'compiled' && (outcome.off || runs !== settings.enabled) ? { enabled: runs } : {};
    const reason = outcome?.kind === 'compiled' && outcome.leftOff !== undefined ? { reason: outcome.leftOff } : {};
    return outcome ? [[target, outcome.kind === 'compiled' ? { ...compiledEntry(outcome), ...enabled, ...reason } : { skipped: outcome.reasons }]] : [];
  });
  return { id, name, file: pathOf(rule.file.path), kind: rule.kind, severity, enabled: settings.enabled, targets: Object.fromEntries(entries) };
}

const compiledEntry = ({ names, queries }: TargetOutcome & { readonly kind: 'compiled' }): object => ({
  name: names[0],
  queries: queries.length,
});
