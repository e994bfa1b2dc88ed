import { runsInSplunk } from '../../pack/config/enabled.ts';
import type { PackDetection } from '../../pack/model/detection.ts';

/** Short names of tactics in the order of an attack, those before and after ATT&CK v19. */
const tacticOrder: readonly string[] = [
  'reconnaissance',
  'resource-development',
  'initial-access',
  'execution',
  'persistence',
  'privilege-escalation',
  'defense-evasion',
  'stealth',
  'defense-impairment',
  'credential-access',
  'discovery',
  'lateral-movement',
  'collection',
  'command-and-control',
  'exfiltration',
  'impact',
];

/** A technique of a tactic, and how many detections have both. */
export interface CoverageCell {
  /** Short name, such as `defense-evasion`. */
  readonly tactic: string;
  readonly technique: string;
  readonly detections: number;
  readonly enabled: number;
}

/** `Command and Control` for `command-and-control`. */
export const tacticTitle = (shortName: string): string =>
  titles.get(shortName) ?? makeTitle(shortName);

function makeTitle(shortName: string): string {
  return shortName
    .split('-')
    .map((word) => (word === 'and' ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join(' ');
}

const titles: ReadonlyMap<string, string> = new Map(
  tacticOrder.map((shortName) => [shortName, makeTitle(shortName)]),
);

/**
 * Coverage by tactic, in the order of an attack, then by technique. Techniques of rules without a
 * tactic are under `other`.
 */
export function attackCoverage(detections: readonly PackDetection[]): CoverageCell[] {
  const cells: { tactic: string; technique: string; detections: number; enabled: number }[] = [];
  const byTactic = new Map<string, Map<string, (typeof cells)[number]>>();
  for (const detection of detections) {
    const { attack } = detection;
    const tactics = attack.tactics.length === 0 ? ['other'] : attack.tactics;
    const runs = runsInSplunk(detection);
    for (const tactic of tactics) {
      const ofTactic = byTactic.get(tactic) ?? new Map<string, (typeof cells)[number]>();
      byTactic.set(tactic, ofTactic);
      for (const technique of attack.techniques) {
        let cell = ofTactic.get(technique);
        if (!cell) {
          cell = { tactic, technique, detections: 0, enabled: 0 };
          ofTactic.set(technique, cell);
          cells.push(cell);
        }
        cell.detections += 1;
        if (runs) cell.enabled += 1;
      }
    }
  }
  const rank = (tactic: string): number => ranks.get(tactic) ?? tacticOrder.length;
  return cells.sort(
    (a, b) =>
      rank(a.tactic) - rank(b.tactic) ||
      compare(a.tactic, b.tactic) ||
      compare(a.technique, b.technique),
  );
}

const ranks: ReadonlyMap<string, number> = new Map(
  tacticOrder.map((tactic, index) => [tactic, index]),
);

// ATT&CK v19 splits the first into the other two: a pack has one or the other
const renamed = ['defense-evasion', 'stealth', 'defense-impairment'];

/**
 * Short names of the tactics to show: all, so that gaps show, and others that rules have. Only
 * letters and hyphens, as they are used in a search.
 */
export function coverageColumns(coverage: readonly CoverageCell[]): string[] {
  const present = new Set(coverage.map(({ tactic }) => tactic));
  const columns = tacticOrder.filter((tactic) => present.has(tactic) || !renamed.includes(tactic));
  return [...new Set([...columns, ...present])].filter((tactic) => /^[a-z][a-z-]*$/.test(tactic));
}

/**
 * Titles of the tactics that detections have, in the order of an attack, and the one for those
 * without a tactic.
 */
export function tacticFilter(detections: readonly PackDetection[]): string[] {
  const present = [...new Set(detections.flatMap(({ attack }) => attack.tactics))].sort(compare);
  const columns = coverageColumns(
    present.map((tactic) => ({ tactic, technique: '', detections: 0, enabled: 0 })),
  );
  return [...new Set([...columns.filter((tactic) => present.includes(tactic)), 'other'])].map(
    tacticTitle,
  );
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
