import type { Work } from '../work/work.ts';
import { callOf, readArguments, readEntries } from './arguments.ts';
import {
  type Cursor,
  type Expression,
  expect,
  isNext,
  peek,
  type Scope,
  take,
  takeIf,
  unexpected,
} from './cursor.ts';
import { JinjaError } from './error.ts';
import type { Token } from './lexer.ts';
import { methods } from './methods.ts';
import { allNames, hasName, named } from './names.ts';
import { countedValue, isList, mapOf, memberOf, members, tupleOf, type Value } from './value.ts';

const constants: ReadonlyMap<string, Value> = new Map([
  ['true', true],
  ['True', true],
  ['false', false],
  ['False', false],
  ['none', null],
  ['None', null],
]);

/** Numbers in a `range`. */
const longestRange = 10_000;

/** A literal, name or group with the steps after it: `.name`, `['key']`, `[1:]`, `.method()`. */
export function readPrimary(cursor: Cursor): Expression {
  const token = take(cursor);
  const isRoot =
    token.kind === 'name' && cursor.roots.has(token.text) && !hasName(cursor.locals, token.text);
  let value = readAtom(cursor, token);
  const names: string[] = [];
  for (let steps = 0; ; steps++) {
    const step = readStep(cursor, value);
    if (!step) break;
    if (step.name !== undefined && names.length === steps) names.push(step.name);
    value = step.value;
  }
  if (isRoot) checkPath(cursor, token, names);
  return value;
}

function readAtom(cursor: Cursor, token: Token): Expression {
  const { kind, text } = token;
  if (kind === 'string') return readTexts(cursor, text);
  if (kind === 'number') return numberLiteral(token);
  if (kind === 'sign' && text === '(') return readGroup(cursor);
  if (kind === 'sign' && text === '[') return listLiteral(readEntries(cursor, ']'));
  if (kind === 'sign' && text === '{') return readMap(cursor);
  if (kind !== 'name') throw unexpected(token);
  if (constants.has(text)) return () => constants.get(text);
  if (cursor.roots.has(text) || hasName(cursor.locals, text))
    return (scope) => countedValue(named(scope.values, text), scope.work);
  if (text === 'range' && takeIf(cursor, '('))
    return rangeOf(readArguments(cursor).map(({ value }) => value));
  if ((text === 'dict' || text === 'namespace') && takeIf(cursor, '('))
    return readNamed(cursor, token, text === 'namespace');
  const known = [...cursor.roots.keys(), ...allNames(cursor.locals)].join(', ');
  throw new JinjaError(`there is no \`${text}\` here, only ${known}`, token);
}

function numberLiteral(token: Token): Expression {
  const number = Number(token.text);
  // Python prints 2.0, and computes with it
  if (!Number.isSafeInteger(number) && (Number.isInteger(number) || !token.text.includes('.')))
    throw unexpected(token);
  if (token.text.includes('.') && Number.isInteger(number)) throw unexpected(token);
  return () => number;
}

/** Adjacent literals are one text. */
function readTexts(cursor: Cursor, first: string): Expression {
  let text = first;
  while (peek(cursor).kind === 'string') text += take(cursor).text;
  return (scope) => {
    // it is read again in each round of a loop
    scope.work.characters(text.length);
    return text;
  };
}

/** `(a)` is a value, `(a, b)` a list. */
function readGroup(cursor: Cursor): Expression {
  const value = cursor.readInner(cursor);
  if (takeIf(cursor, ')')) return value;
  expect(cursor, ',');
  const tuple = listLiteral([value, ...readEntries(cursor, ')')]);
  return (scope) => tupleOf(tuple(scope));
}

function listLiteral(entries: readonly Expression[]): (scope: Scope) => readonly Value[] {
  return (scope) => {
    scope.work.entries(entries.length);
    return entries.map((entry) => entry(scope));
  };
}

function readMap(cursor: Cursor): Expression {
  const entries: (readonly [string, Expression])[] = [];
  while (!takeIf(cursor, '}')) {
    const key = take(cursor);
    if (key.kind !== 'string') throw unexpected(key);
    expect(cursor, ':');
    entries.push([key.text, cursor.readInner(cursor)]);
    if (!isNext(cursor, '}')) expect(cursor, ',');
  }
  return (scope) => {
    scope.work.entries(entries.length);
    return mapOf(new Map(entries.map(([key, value]) => [key, value(scope)])));
  };
}

/** `dict(a=1)`, and `namespace(a=1)`, whose entries `set` may change. */
function readNamed(cursor: Cursor, place: Token, changes: boolean): Expression {
  const args = readArguments(cursor).map(({ name, value }) => {
    if (!name) throw new JinjaError(`\`${place.text}\` takes names with values here: a=1`, place);
    return [name.text, value] as const;
  });
  return (scope) => {
    scope.work.entries(args.length);
    const entries = new Map(args.map(([name, value]) => [name, value(scope)]));
    return changes ? { ...members((name) => entries.get(name)), slots: entries } : mapOf(entries);
  };
}

function rangeOf(bounds: readonly Expression[]): Expression {
  return (scope) => {
    const [first, second = null, step = 1] = bounds.map((bound) => bound(scope));
    const [start, stop] = second === null ? [0, first] : [first, second];
    if (
      typeof start !== 'number' ||
      typeof stop !== 'number' ||
      typeof step !== 'number' ||
      step === 0 ||
      bounds.length > 3
    )
      throw new JinjaError('`range` takes one to three numbers');
    const length = Math.max(0, Math.ceil((stop - start) / step));
    if (length > longestRange)
      throw new JinjaError(`\`range\` has more than ${longestRange} numbers`);
    scope.work.entries(length);
    return Array.from({ length }, (_, at) => start + at * step);
  };
}

interface Step {
  /** Where it is known before anything is filled in. */
  readonly name?: string;
  readonly value: Expression;
}

function readStep(cursor: Cursor, holder: Expression): Step | undefined {
  if (takeIf(cursor, '.')) {
    const name = take(cursor);
    if (name.kind !== 'name' && name.kind !== 'number') throw unexpected(name);
    return takeIf(cursor, '(')
      ? { name: `${name.text}()`, value: readCall(cursor, holder, name) }
      : { name: name.text, value: stepTo(holder, () => name.text) };
  }
  if (!takeIf(cursor, '[')) return undefined;
  const key = peek(cursor);
  const start = isNext(cursor, ':') ? undefined : cursor.readInner(cursor);
  if (!takeIf(cursor, ':')) {
    expect(cursor, ']');
    const isPlain =
      (key.kind === 'string' || key.kind === 'number') && cursor.tokens[cursor.at - 2] === key;
    return start && { ...(isPlain ? { name: key.text } : {}), value: stepTo(holder, start) };
  }
  const end = isNext(cursor, ']') ? undefined : cursor.readInner(cursor);
  expect(cursor, ']');
  return { value: (scope) => sliceOf(holder(scope), start?.(scope), end?.(scope), scope.work) };
}

function stepTo(holder: Expression, key: Expression): Expression {
  return (scope) => {
    const step = key(scope);
    if (typeof step !== 'string' && typeof step !== 'number')
      throw new JinjaError('a text or a number names an entry');
    const value = holder(scope);
    if (value === undefined)
      throw new JinjaError(`there is nothing that \`${step}\` could be part of`);
    return countedValue(memberOf(value, String(step), scope.work), scope.work);
  };
}

function readCall(cursor: Cursor, holder: Expression, name: Token): Expression {
  const method = methods.get(name.text);
  if (!method)
    throw new JinjaError(
      `there is no \`${name.text}()\` here, only ${[...methods.keys()].join(', ')}`,
      name,
    );
  const present: Expression = (scope) => {
    const value = holder(scope);
    if (value === undefined)
      throw new JinjaError(`there is nothing that \`${name.text}\` could be part of`);
    return value;
  };
  return callOf(method, present, readArguments(cursor), name);
}

function sliceOf(value: Value, start: Value, end: Value, work: Work): Value {
  const isBound = (bound: Value): bound is number | null | undefined =>
    bound === undefined || bound === null || typeof bound === 'number';
  if (!isBound(start) || !isBound(end)) throw new JinjaError('a slice takes numbers');
  const part = <T>(list: readonly T[]): readonly T[] => list.slice(start ?? 0, end ?? undefined);
  if (typeof value === 'string') {
    work.characters(value.length);
    return part(Array.from(value)).join('');
  }
  if (!isList(value)) throw new JinjaError('what should be a list is not a list');
  work.entries(value.length);
  return part(value);
}

/** Refuses members that Sigpack does not have, which Jinja2 would take for missing. */
function checkPath({ roots }: Cursor, root: Token, [first, second]: readonly string[]): void {
  const { members: known } = roots.get(root.text) ?? {};
  if (!known) return;
  if (first === undefined || !known.has(first))
    throw new JinjaError(`\`${root.text}\` has ${[...known].join(', ')} here`, root);
  if (first === 'logsource' && second === undefined)
    throw new JinjaError(`\`${root.text}.${first}\` is a map; name one of its entries`, root);
}
