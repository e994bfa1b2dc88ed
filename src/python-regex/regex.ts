import { failed, ok, type Result } from '../source/result.ts';
import { growingText, type Work } from '../work/work.ts';
import { backtrackingEngine, type Engine, linearEngine, type SearchedText } from './engine.ts';
import { PatternError } from './pattern-error.ts';
import { type AddReplacement, readReplacement } from './replacement.ts';
import { type Translation, translate } from './syntax/translate.ts';

export type NamedGroups = ReadonlyMap<string, string | undefined>;

/** A compiled regular expression of Python's `re`. */
export interface PythonRegex {
  /** Names of its groups, in order of their opening brackets. */
  readonly names: readonly string[];
  /** `re.match`: the text or a start of it matches. */
  readonly matchesStart: (text: string, work: Work) => boolean;
  /** `re.search`: some part of the text matches. */
  readonly finds: (text: string, work: Work) => boolean;
  /** The named groups of `re.match`; undefined in the map: a group that took no part. */
  readonly namedGroups: (text: string, work: Work) => NamedGroups | undefined;
  /** `re.sub`, with `\1` and `\g<name>`. The error: what is wrong with the replacement. */
  readonly replacer: (replacement: string) => Result<(text: string, work: Work) => string>;
}

/**
 * The error is Python's diagnostic, or what can't be done as Python does it. In linear time but for
 * look-around and back-references: those fail (ProcessingError) where they take too many steps,
 * for one text or for all that the work counts.
 */
export function pythonRegex(source: string): Result<PythonRegex> {
  return orError(() => {
    const translation = translate(source);
    const { names, groupCount } = translation;
    const search = engineOf(translation, source);
    return {
      names: [...names.keys()],
      matchesStart: (text, work) => search(text, work).matchAtStart() !== undefined,
      finds: (text, work) => search(text, work).find(0) !== undefined,
      namedGroups: (text, work) => {
        const match = search(text, work).matchAtStart();
        return match && new Map(Array.from(names, ([name, index]) => [name, match.groups[index]]));
      },
      replacer: (replacement) =>
        orError(() => {
          const addReplacement = readReplacement(replacement, names, groupCount);
          return (text, work) => replaced(search(text, work), addReplacement, work);
        }),
    };
  });
}

function orError<T>(run: () => T): Result<T> {
  try {
    return ok(run());
  } catch (error) {
    if (error instanceof PatternError) return failed(error.message);
    throw error;
  }
}

/** RE2 wherever it finds what Python finds. */
function engineOf(
  { linear, backtracking, ignoreCase, differs }: Translation,
  source: string,
): Engine {
  const scansFar = /[*+]|\{\d*,\}/.test(source);
  const fast = linear === undefined ? undefined : linearEngine(linear, scansFar);
  if (fast && !differs) return fast;
  if (!backtracking.ok) throw new PatternError(backtracking.error);
  const slow = backtrackingEngine(backtracking.value, ignoreCase);
  return fast && differs ? (text, work) => (differs(text) ? slow : fast)(text, work) : slow;
}

function replaced(text: SearchedText, addReplacement: AddReplacement, work: Work): string {
  const result = growingText(work);
  let copied = 0;
  // Python also replaces an empty match right after another match
  for (let at = 0; at <= text.length; ) {
    const match = text.find(at);
    if (!match) break;
    const { start, end, groups } = match;
    result.add(text.part(copied, start));
    addReplacement(groups, result);
    copied = end;
    at = end > start ? end : text.after(end);
  }
  result.add(text.part(copied, text.length));
  return result.text();
}
