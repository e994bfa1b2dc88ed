import { RE2JS } from 're2js';
import { type GrowingText, growingText, type Work } from '../work/work.ts';
import { backtracking } from './backtracking.ts';
import { readReplacement } from './replacement.ts';
import { translate } from './syntax.ts';

/** A compiled regular expression of Python's `re`. */
export interface PythonRegex {
  /** Names of its groups, in order of their opening brackets. */
  readonly names: readonly string[];
  /** `re.match`: the text or a start of it matches. */
  readonly matchesStart: (text: string, work: Work) => boolean;
  /** `re.search`: some part of the text matches. */
  readonly finds: (text: string, work: Work) => boolean;
  /** `re.match` with its named groups; undefined: a group that took no part. */
  readonly match: (
    text: string,
    work: Work,
  ) => { readonly groups: ReadonlyMap<string, string | undefined> } | undefined;
  /** `re.sub`, the replacement being read once: `\1`, `\g<name>`. Throws where that is wrong. */
  readonly replacer: (replacement: string) => (text: string, work: Work) => string;
}

/** The match (at 0) and its groups; undefined: took no part. */
type Groups = readonly (string | undefined)[];

interface Engine {
  readonly start: (text: string, work: Work) => Groups | undefined;
  readonly finds: (text: string, work: Work) => boolean;
  readonly replace: (
    text: string,
    made: (groups: Groups, result: GrowingText) => void,
    work: Work,
  ) => string;
}

/**
 * Throws an Error with Python's diagnostic, or with what can't be done as Python does it. In linear
 * time but for look-around and back-references: those fail (ProcessingFailure) where they take too
 * many steps, for one text or for all that the work counts.
 */
export function pythonRegex(source: string): PythonRegex {
  const { linear, backtracking: pattern, ignoreCase, names, count, differs } = translate(source);
  const fast =
    linear === undefined ? undefined : linearEngine(linear, /[*+]|\{\d*,\}/.test(source));
  const slow = fast === undefined || differs ? backtrackingEngine(pattern, ignoreCase) : undefined;
  const engineFor = (text: string): Engine =>
    slow && (fast === undefined || differs?.(text)) ? slow : (fast ?? noEngine());
  return {
    names: [...names.keys()],
    matchesStart: (text, work) => engineFor(text).start(text, work) !== undefined,
    finds: (text, work) => engineFor(text).finds(text, work),
    match: (text, work) => {
      const groups = engineFor(text).start(text, work);
      return (
        groups && { groups: new Map(Array.from(names, ([name, index]) => [name, groups[index]])) }
      );
    },
    replacer: (replacement) => {
      const made = readReplacement(replacement, names, count);
      return (text, work) => engineFor(text).replace(text, made, work);
    },
  };
}

function noEngine(): never {
  throw new Error('a regular expression has no engine');
}

/** `scansFar`: to find one match it may read all of the text. */
function linearEngine(pattern: string, scansFar: boolean): Engine | undefined {
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(pattern);
  } catch {
    // such as counts beyond 1000
    return undefined;
  }
  const groupsOf = (matcher: ReturnType<RE2JS['matcher']>): Groups =>
    Array.from(
      { length: matcher.groupCount() + 1 },
      (_, index) => matcher.group(index) ?? undefined,
    );
  return {
    start: (text) => {
      const matcher = compiled.matcher(text);
      return matcher.lookingAt() ? groupsOf(matcher) : undefined;
    },
    finds: (text) => compiled.matcher(text).find(),
    replace: (text, made, work) => {
      const matcher = compiled.matcher(text);
      const result = growingText(work);
      let copied = 0;
      // Python also replaces an empty match right behind another match
      for (let at = 0; at <= text.length && matcher.find(at); ) {
        const [start, end] = [matcher.start(), matcher.end()];
        work.characters(scansFar ? text.length - at : end - at);
        result.add(text.slice(copied, start));
        made(groupsOf(matcher), result);
        copied = end;
        at = end > start ? end : end + ((text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1);
      }
      result.add(text.slice(copied));
      return result.text();
    },
  };
}

function backtrackingEngine(pattern: string | Error, ignoreCase: boolean): Engine {
  if (pattern instanceof Error) throw pattern;
  const machineFor = backtracking(pattern, ignoreCase);
  const groupsOf = (chars: readonly string[], slots: readonly number[]): Groups =>
    Array.from({ length: slots.length / 2 }, (_, index) => {
      const [start = -1, end = -1] = [slots[2 * index], slots[2 * index + 1]];
      return start < 0 || end < start ? undefined : chars.slice(start, end).join('');
    });
  return {
    start: (text, work) => {
      const chars = Array.from(text);
      const slots = machineFor(chars, work).find(0, true);
      return slots && groupsOf(chars, slots);
    },
    finds: (text, work) => machineFor(Array.from(text), work).find(0, false) !== undefined,
    replace: (text, made, work) => {
      const chars = Array.from(text);
      const machine = machineFor(chars, work);
      const result = growingText(work);
      let copied = 0;
      for (let at = 0; at <= chars.length; ) {
        const slots = machine.find(at, false);
        if (!slots) break;
        const [start = 0, end = 0] = slots;
        result.add(chars.slice(copied, start).join(''));
        made(groupsOf(chars, slots), result);
        copied = end;
        at = end > start ? end : end + 1;
      }
      result.add(chars.slice(copied).join(''));
      return result.text();
    },
  };
}
