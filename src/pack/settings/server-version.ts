/**
 * A Graylog version `x.y` or `x.y.z` as a number that orders like the versions; undefined for
 * anything else.
 */
export function serverVersion(text: string): number | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})(?:\.(\d{1,3}))?$/.exec(text);
  return match === null
    ? undefined
    : versionNumber(Number(match[1]), Number(match[2]), Number(match[3] ?? 0));
}

export const versionNumber = (major: number, minor: number, patch = 0): number =>
  (major * 1000 + minor) * 1000 + patch;

/** The oldest version that a pack can be written for: event limits, and `type` in series. */
export const oldestServer = '5.2.0';
