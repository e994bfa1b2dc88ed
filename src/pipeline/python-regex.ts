import { RE2JS } from 're2js';
import { translate } from './python-regex-syntax.ts';
import { readReplacement } from './python-replacement.ts';

/** A compiled regular expression of Python's `re`. */
export interface PythonRegex {
  /** Names of its groups, in order of their opening brackets. */
  readonly names: readonly string[];
  /** `re.match`: the text or a start of it matches. */
  readonly matchesStart: (text: string) => boolean;
  /** `re.search`: some part of the text matches. */
  readonly finds: (text: string) => boolean;
  /** `re.match` with its named groups; undefined: a group that took no part. */
  readonly match: (text: string) => { readonly groups: ReadonlyMap<string, string | undefined> } | undefined;
  /** `re.sub`, the replacement being read once: `\1`, `\g<name>`. Throws where that is at fault. */
  readonly replacer: (replacement: string) => (text: string) => string;
  /** `re.sub` */
  readonly replaceAll: (text: string, replacement: string) => string;
}

/** The match (at 0) and its groups; undefined: took no part. */
type Groups = readonly (string | undefined)[];

interface Engine {
  readonly start: (text: string) => Groups | undefined;
  readonly finds: (text: string) => boolean;
  readonly replace: (text: string, made: (groups: Groups) => string) => string;
}

/** Throws an Error with Python's complaint, or with what can't be done as Python does it. In linear time but for look-around and back-references. */
export function pythonRegex(source: string): PythonRegex {
  const { linear, backtracking, ignoreCase, names, count, differs } = translate(source);
  const script = scriptEngine(backtracking, ignoreCase);
  const fast = linear === undefined ? undefined : linearEngine(linear);
  const engineFor = (text: string): Engine => (fast === undefined || differs?.(text) ? script() : fast);
  // a pattern that neither takes is told now
  if (fast === undefined || differs) script();
  const replacer = (replacement: string): ((text: string) => string) => {
    const made = readReplacement(replacement, names, count);
    return (text) => engineFor(text).replace(text, made);
  };
  return {
    names: [...names.keys()],
    matchesStart: (text) => engineFor(text).start(text) !== undefined,
    finds: (text) => engineFor(text).finds(text),
    match: (text) => {
      const groups = engineFor(text).start(text);
      return groups && { groups: new Map(Array.from(names, ([name, index]) => [name, groups[index]])) };
    },
    replacer,
    replaceAll: (text, replacement) => replacer(replacement)(text),
  };
}

function linearEngine(pattern: string): Engine | undefined {
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(pattern);
  } catch {
    // such as counts beyond 1000
    return undefined;
  }
  const groupsOf = (matcher: ReturnType<RE2JS['matcher']>): Groups =>
    Array.from({ length: matcher.groupCount() + 1 }, (_, index) => matcher.group(index) ?? undefined);
  return {
    start: (text) => {
      const matcher = compiled.matcher(text);
      return matcher.lookingAt() ? groupsOf(matcher) : undefined;
    },
    finds: (text) => compiled.matcher(text).find(),
    replace: (text, made) => {
      const matcher = compiled.matcher(text);
      let result = '';
      let copied = 0;
      // Python also replaces an empty match right behind another match
      for (let at = 0; at <= text.length && matcher.find(at); ) {
        const [start, end] = [matcher.start(), matcher.end()];
        result += text.slice(copied, start) + made(groupsOf(matcher));
        copied = end;
        at = end > start ? end : end + ((text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1);
      }
      return result + text.slice(copied);
    },
  };
}

function scriptEngine(pattern: string | Error, ignoreCase: boolean): () => Engine {
  let made: Engine | undefined;
  return () => {
    if (pattern instanceof Error) throw pattern;
    made ??= compileScript(pattern, ignoreCase ? 'vi' : 'v');
    return made;
  };
}

function compileScript(pattern: string, flags: string): Engine {
  const sticky = new RegExp(pattern, `${flags}y`);
  const global = new RegExp(pattern, `${flags}g`);
  return {
    start: (text) => {
      sticky.lastIndex = 0;
      return sticky.exec(text) ?? undefined;
    },
    finds: (text) => text.search(global) >= 0,
    replace: (text, replacement) => {
      let result = '';
      let copied = 0;
      for (const match of text.matchAll(global)) {
        result += text.slice(copied, match.index) + replacement(match);
        copied = match.index + match[0].length;
      }
      return result + text.slice(copied);
    },
  };
}
