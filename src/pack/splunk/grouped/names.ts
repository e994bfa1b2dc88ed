import { sourceLabel } from '../../../sigma/rule/rule.ts';
import type { PackConfig } from '../../config/config.ts';
import type { SplunkDetection } from '../../model/detection.ts';
import { cut, maximumNameLength } from '../../naming/name-text.ts';
import { stanzaKey, stanzaName } from '../../render/conf-text.ts';

/**
 * What the names of all grouped searches begin with. A prefix of the pack only as far as a pattern
 * of `like` in quotes reads it literally.
 */
export const groupNameStart = ({ namePrefix }: PackConfig): string =>
  /^[\w .:;,#/()-]*$/.test(namePrefix) && !/[_=+@-]/.test(namePrefix.charAt(0))
    ? stanzaName(`${namePrefix}Group of x`).slice(0, -1)
    : 'Group of ';

/**
 * The name of a grouped search: `Group of windows process_creation (3f2a91c0-01)`. It is never that
 * of a detection.
 */
export function groupName(
  { scopes }: SplunkDetection,
  digest: string,
  part: string,
  taken: ReadonlySet<string>,
  config: PackConfig,
): string {
  const label = sourceLabel(scopes[0]?.source ?? {}, ' ');
  for (let extra = 0; ; extra++) {
    const more = [digest.slice(0, 8), part, extra === 0 ? '' : String(extra)];
    const end = ` (${more.filter((one) => one !== '').join('-')})`;
    const start = stanzaName(`${groupNameStart(config)}${label}`);
    const name = stanzaName(`${cut(start, maximumNameLength - end.length)}${end}`);
    if (!taken.has(stanzaKey(name))) return name;
  }
}
