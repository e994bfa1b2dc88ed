import { RE2JS } from 're2js';
import type { Work } from '../work/work.ts';
import { backtracking, type Slots } from './backtracking/machine.ts';

/** The whole match (at 0) and its groups; undefined: took no part. */
export type Groups = readonly (string | undefined)[];

/** Places are of the text's own units. */
interface Match {
  readonly start: number;
  readonly end: number;
  readonly groups: Groups;
}

/** A text that is searched for one pattern, in units that the engine chooses. */
export interface SearchedText {
  readonly length: number;
  readonly matchAtStart: () => Match | undefined;
  /** The first match at `from` or after it. */
  readonly find: (from: number) => Match | undefined;
  readonly part: (start: number, end: number) => string;
  /** The place after the character at a place. */
  readonly after: (place: number) => number;
}

/** What `find` reads is counted by the work. */
export type Engine = (text: string, work: Work) => SearchedText;

/**
 * RE2, in UTF-16 units; undefined where it refuses the pattern, such as for counts beyond 1000.
 * `scansFar`: to find one match it may read all of the text.
 */
export function linearEngine(pattern: string, scansFar: boolean): Engine | undefined {
  const compiled = compiledByRe2(pattern);
  return (
    compiled &&
    ((text, work) => {
      const matcher = compiled.matcher(text);
      const matchOf = (): Match => ({
        start: matcher.start(),
        end: matcher.end(),
        groups: Array.from(
          { length: matcher.groupCount() + 1 },
          (_, index) => matcher.group(index) ?? undefined,
        ),
      });
      return {
        length: text.length,
        matchAtStart: () => (matcher.lookingAt() ? matchOf() : undefined),
        find: (from) => {
          if (!matcher.find(from)) return undefined;
          work.characters(scansFar ? text.length - from : matcher.end() - from);
          return matchOf();
        },
        part: (start, end) => text.slice(start, end),
        after: (place) => place + ((text.codePointAt(place) ?? 0) > 0xffff ? 2 : 1),
      };
    })
  );
}

function compiledByRe2(pattern: string): RE2JS | undefined {
  try {
    return RE2JS.compile(pattern);
  } catch {
    return undefined;
  }
}

/** Takes look-around and back-references, in characters. Throws PatternError. */
export function backtrackingEngine(pattern: string, ignoreCase: boolean): Engine {
  const machineFor = backtracking(pattern, ignoreCase);
  return (text, work) => {
    const chars = Array.from(text);
    const machine = machineFor(chars, work);
    const part = (start: number, end: number): string => chars.slice(start, end).join('');
    const find = (from: number, only: boolean): Match | undefined => {
      const slots = machine.find(from, only);
      return slots && matchOf(slots, part);
    };
    return {
      length: chars.length,
      matchAtStart: () => find(0, true),
      find: (from) => find(from, false),
      part,
      after: (place) => place + 1,
    };
  };
}

function matchOf(slots: Slots, part: SearchedText['part']): Match {
  const groups = Array.from({ length: slots.length / 2 }, (_, index) => {
    const [start = -1, end = -1] = slots.slice(2 * index);
    return start < 0 || end < start ? undefined : part(start, end);
  });
  const [start = 0, end = 0] = slots;
  return { start, end, groups };
}
