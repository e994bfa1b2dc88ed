import {
  afterName,
  isWhole,
  type PathPattern,
  type Progress,
  startOf,
} from '../../source/path-pattern.ts';
import type { SourceFile, Span } from '../../source/span.ts';

/** A line of `.sigpackignore`, or an exclusion of a list. */
export interface LeavesOut {
  /** As written. */
  readonly text: string;
  readonly pattern: PathPattern;
  readonly foldersOnly: boolean;
  /** `!` of an ignore file: what it matches is read, even if lines above leave it out. */
  readonly keeps: boolean;
  /** Where it is written. */
  readonly file: SourceFile;
  readonly span: Span;
  /** Whole paths of the files that it left out. */
  readonly files: Set<string>;
}

interface Watched {
  readonly rule: LeavesOut;
  readonly progress: Progress;
}

/** The patterns that may leave out something below a folder; the last one that matches decides. */
export type Watch = readonly Watched[];

export const watchFrom = (rules: readonly LeavesOut[]): Watch =>
  rules.map((rule) => ({ rule, progress: startOf(rule.pattern) }));

/** The patterns that may match below an entry of the folder. */
export function watchBelow(watch: Watch, name: string): Watch {
  if (watch.length === 0) return watch;
  return watch.flatMap(({ rule, progress }) => {
    const next = afterName(rule.pattern, progress, name);
    return next.length === 0 ? [] : [{ rule, progress: next }];
  });
}

/** What leaves out an entry that {@link watchBelow} has led to. */
export function leftOutBy(watch: Watch, isFolder: boolean): LeavesOut | undefined {
  const last = watch.findLast(
    ({ rule, progress }) => (isFolder || !rule.foldersOnly) && isWhole(rule.pattern, progress),
  )?.rule;
  return last?.keeps === true ? undefined : last;
}
