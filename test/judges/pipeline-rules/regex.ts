import { EvaluationError } from './error.ts';
import { type JavaPattern, readJavaPattern } from './regex-parse.ts';
import { JavaObject } from './value.ts';

interface Compiled extends JavaPattern {
  readonly expression: RegExp;
}

const known = new Map<string, Compiled>();

function compiled(pattern: string): Compiled {
  const found = known.get(pattern);
  if (found) return found;
  const read = readJavaPattern(pattern);
  const made = { ...read, expression: new RegExp(read.source, 'gu') };
  known.set(pattern, made);
  return made;
}

/** Throws where Java can't compile the pattern. */
export function checkJavaPattern(pattern: string): void {
  compiled(pattern);
}

/** What `regex` returns: groups by their names or numbers from 0 on, and whether it was found. */
export class JavaRegexResult extends JavaObject {
  readonly kind = 'regex';
  readonly matches: boolean;
  readonly groups: ReadonlyMap<string, string>;
  constructor(matches: boolean, groups: ReadonlyMap<string, string>) {
    super();
    this.matches = matches;
    this.groups = groups;
  }
}

/** `Matcher.find`, from the start. */
export function findJava(
  pattern: string,
  value: string,
  groupNames: readonly string[],
): JavaRegexResult {
  const { expression, groups } = compiled(pattern);
  expression.lastIndex = 0;
  const found = expression.exec(value);
  const named = new Map<string, string>();
  for (let number = 1; found && number <= groups; number++) {
    const text = found.groups?.[`g${number}`];
    if (text !== undefined) named.set(groupNames[number - 1] ?? String(number - 1), text);
  }
  return new JavaRegexResult(found !== null, named);
}

/** `Matcher.replaceAll` or `replaceFirst`. */
export function replaceJava(
  pattern: string,
  value: string,
  replacement: string,
  all: boolean,
): string {
  const { expression, groups, names } = compiled(pattern);
  const parts = replacementParts(replacement, groups, names);
  let made = '';
  let from = 0;
  expression.lastIndex = 0;
  for (let found = expression.exec(value); found; found = expression.exec(value)) {
    made += value.slice(from, found.index);
    for (const part of parts) made += typeof part === 'string' ? part : groupText(found, part);
    from = found.index + found[0].length;
    if (!all) break;
    if (found[0] === '') expression.lastIndex = found.index + 1;
    if (expression.lastIndex > value.length) break;
  }
  return made + value.slice(from);
}

/** `Pattern.split`: without an empty text before a match of nothing, and without empty ones at the end. */
export function splitJava(pattern: string, value: string): readonly string[] {
  const { expression } = compiled(pattern);
  const parts: string[] = [];
  let from = 0;
  for (const found of value.matchAll(expression)) {
    if (found.index === 0 && found[0] === '') continue;
    parts.push(value.slice(from, found.index));
    from = found.index + found[0].length;
  }
  if (from === 0 && parts.length === 0) return [value];
  parts.push(value.slice(from));
  while (parts.at(-1) === '') parts.pop();
  return parts;
}

const groupText = (found: RegExpExecArray, group: number): string =>
  (group === 0 ? found[0] : found.groups?.[`g${group}`]) ?? '';

/** Texts and numbers of groups. */
function replacementParts(
  replacement: string,
  groups: number,
  names: ReadonlyMap<string, number>,
): readonly (string | number)[] {
  const parts: (string | number)[] = [];
  for (const [, escaped, name, digits, plain] of replacement.matchAll(
    /\\(.)|\$\{([^}]*)\}|\$(\d+)|(.)/gs,
  )) {
    if (escaped !== undefined) parts.push(escaped);
    else if (name !== undefined) parts.push(names.get(name) ?? refuse(`no group ${name}`));
    else if (digits !== undefined) parts.push(...numberOf(digits, groups));
    else if (plain === '$' || plain === '\\') refuse('an illegal group reference');
    else parts.push(plain ?? '');
  }
  return parts;
}

/** Java takes as many digits as there are groups for. */
function numberOf(digits: string, groups: number): readonly (string | number)[] {
  let length = 1;
  while (length < digits.length && Number(digits.slice(0, length + 1)) <= groups) length++;
  const number = Number(digits.slice(0, length));
  if (number > groups) refuse(`no group ${number}`);
  return [number, digits.slice(length)];
}

function refuse(what: string): never {
  throw new EvaluationError(what);
}
