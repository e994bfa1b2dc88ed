import { type Bump, bumps } from '../pack/config/release-config.ts';

type Parts = readonly [major: number, minor: number, patch: number];

const partsOf = (version: string): Parts => {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  return [major, minor, patch];
};

/** The next version after x.y.z, by Semantic Versioning. */
export function bumped(version: string, bump: Bump): string {
  const [major, minor, patch] = partsOf(version);
  if (bump === 'major') return `${major + 1}.0.0`;
  return bump === 'minor' ? `${major}.${minor + 1}.0` : `${major}.${minor}.${patch + 1}`;
}

/** The larger of two bumps; undefined is the smallest. */
export function larger(a: Bump | undefined, b: Bump | undefined): Bump | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return bumps.indexOf(a) > bumps.indexOf(b) ? a : b;
}

/** Negative if `a` is older, positive if it is newer. */
export function compareVersions(a: string, b: string): number {
  const [one, other] = [partsOf(a), partsOf(b)];
  return (
    one.map((part, index) => part - (other[index] ?? 0)).find((difference) => difference !== 0) ?? 0
  );
}
