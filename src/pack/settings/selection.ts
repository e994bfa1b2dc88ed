import type { CorrelationRule } from '../../sigma/correlation/correlation.ts';
import { filterFits } from '../../sigma/filter/filter.ts';
import {
  type DetectionRule,
  type Level,
  type LogSource,
  levels,
  type SourcePart,
  type Status,
} from '../../sigma/rule/rule.ts';

/** Matches log sources that have the same value for each key given; `{}` matches all. */
export type LogSourceMatch = Pick<LogSource, SourcePart>;

/** Which rules go into the packs. All given criteria must hold. */
export interface Selection {
  readonly levels?: readonly Level[];
  readonly minimumLevel?: Level;
  readonly statuses?: readonly Status[];
  /** Lower case; `*` at the end matches any rest. */
  readonly tags?: readonly string[];
  readonly excludeTags?: readonly string[];
  readonly logsources?: readonly LogSourceMatch[];
  /** Lower case. */
  readonly ids?: ReadonlySet<string>;
  readonly excludeIds?: ReadonlySet<string>;
}

/** Which detections are enabled when the packs are installed. */
export interface Enabling {
  readonly statuses: readonly Status[];
  readonly levels?: readonly Level[];
  readonly tags?: readonly string[];
}

export type EnablePreset = 'nothing' | 'high-and-stable' | 'all-but-experimental';

/** The presets of `enable`. */
export const enablePresets: Readonly<Record<EnablePreset, Enabling>> = {
  nothing: { statuses: [] },
  'high-and-stable': { statuses: ['stable'], levels: ['high', 'critical'] },
  'all-but-experimental': { statuses: ['stable', 'test'] },
};

type SelectedBy = Pick<DetectionRule | CorrelationRule, 'id' | 'level' | 'status' | 'tags'> & {
  readonly logsource?: LogSource;
};

/** A rule without a level is treated as medium throughout. */
export const levelOf = (rule: Pick<SelectedBy, 'level'>): Level => rule.level ?? 'medium';

function hasTag(tags: readonly string[], wanted: readonly string[]): boolean {
  return tags.some((tag) => {
    const lowerCase = tag.toLowerCase();
    return wanted.some((one) =>
      one.endsWith('*') ? lowerCase.startsWith(one.slice(0, -1)) : lowerCase === one,
    );
  });
}

/**
 * Why a rule is left out of the packs; undefined if it is not. The log sources of a correlation are
 * those of its rules.
 */
export function exclusionReason(
  select: Selection,
  rule: SelectedBy,
  logSources: readonly LogSource[] = ownSources(rule),
): string | undefined {
  const {
    levels: wantedLevels,
    minimumLevel,
    statuses,
    tags,
    excludeTags,
    logsources,
    ids,
    excludeIds,
  } = select;
  const id = rule.id?.toLowerCase();
  if (ids && (id === undefined || !ids.has(id))) return 'its id is not in select.ids';
  if (excludeIds && id !== undefined && excludeIds.has(id)) return 'its id is in select.excludeIds';
  const level = levelOf(rule);
  if (wantedLevels && !wantedLevels.includes(level))
    return `its level ${level} is not in select.levels`;
  if (minimumLevel && levels.indexOf(level) < levels.indexOf(minimumLevel))
    return `its level ${level} is below select.minimumLevel ${minimumLevel}`;
  if (statuses && (rule.status === undefined || !statuses.includes(rule.status)))
    return `its status ${rule.status ?? '(none)'} is not in select.statuses`;
  if (tags && !hasTag(rule.tags, tags)) return 'none of its tags is in select.tags';
  if (excludeTags && hasTag(rule.tags, excludeTags))
    return 'one of its tags is in select.excludeTags';
  if (
    logsources &&
    !logSources.some((source) => logsources.some((match) => filterFits(match, source)))
  ) {
    return 'its log source is not in select.logsources';
  }
  return undefined;
}

/** Of a detection as it is written; a correlation has those of its parts. */
export const ownSources = (rule: SelectedBy): readonly LogSource[] =>
  rule.logsource ? [rule.logsource] : [];

export function isSelected(
  select: Selection,
  rule: SelectedBy,
  logSources?: readonly LogSource[],
): boolean {
  return exclusionReason(select, rule, logSources) === undefined;
}

/** Whether a detection is enabled at installation, unless its settings override it. */
export function isEnabled(enable: Enabling, rule: SelectedBy): boolean {
  if (rule.status === undefined || !enable.statuses.includes(rule.status)) return false;
  if (enable.levels && !enable.levels.includes(levelOf(rule))) return false;
  return enable.tags === undefined || hasTag(rule.tags, enable.tags);
}
