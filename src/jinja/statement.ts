import { type GrowingText, growingText } from '../work/work.ts';
import {
  type Cursor,
  type Expression,
  expect,
  isNext,
  peek,
  type Scope,
  take,
  takeIf,
  takeName,
  unexpected,
} from './cursor.ts';
import { JinjaError } from './error.ts';
import { readExpression, readOr } from './expression.ts';
import type { Block, Token } from './lexer.ts';
import { hasName, type Names, named, namesIn } from './names.ts';
import { isTrue, listOf } from './operators.ts';
import { printed } from './print.ts';
import { isMembers, type Members, mapOf, type Roots, tupleOf, type Value } from './value.ts';

/** Of all loops of one rendering together: a rule's lists may be long, and loops may be nested. */
const maximumRounds = 100_000;

/** How deep `if`, `for` and `set` may be nested. */
const maximumDepth = 50;

/** What one step of a rendering counts for. */
const charactersPerStep = 16;

/** What a template has printed so far. */
interface Rendering {
  readonly text: GrowingText;
  rounds: number;
}

/** Prints one part of a template. */
export type Print = (scope: Scope, rendering: Rendering) => void;

interface Reader {
  readonly blocks: readonly Block[];
  at: number;
  depth: number;
  readonly roots: Roots;
}

/** Reads the blocks of a whole template. Throws {@link JinjaError}. */
export function readBlocks(blocks: readonly Block[], roots: Roots): Print {
  const reader: Reader = { blocks, at: 0, depth: 0, roots };
  const body = readBody(reader, namesIn());
  const left = reader.blocks[reader.at];
  if (left) throw unexpected(peek(cursorOf(reader, left, namesIn())));
  return body;
}

function cursorOf({ roots }: Reader, { tokens }: Block, locals: Names<true>): Cursor {
  return { tokens, at: 0, roots, locals, readInner: readExpression };
}

/** Reads up to a statement that ends or continues the surrounding one. */
function readBody(reader: Reader, locals: Names<true>): Print {
  const parts: Print[] = [];
  for (let block = reader.blocks[reader.at]; block; block = reader.blocks[reader.at]) {
    const cursor = cursorOf(reader, block, locals);
    if (block.kind === 'statement' && !/^(?:if|for|set)$/.test(peek(cursor).text)) break;
    reader.at++;
    parts.push(
      block.kind === 'text'
        ? printText(block.text)
        : block.kind === 'print'
          ? printValue(cursor)
          : readStatement(reader, cursor, block),
    );
  }
  return (scope, rendering) => {
    for (const print of parts) {
      scope.work.characters(charactersPerStep);
      print(scope, rendering);
    }
  };
}

const printText =
  (text: string): Print =>
  (_, rendering) => {
    rendering.text.add(text);
  };

function printValue(cursor: Cursor): Print {
  const value = readWhole(cursor);
  return (scope, rendering) => {
    rendering.text.add(printed(value(scope), scope.work));
  };
}

/** An expression that takes the rest of its block. */
function readWhole(cursor: Cursor): Expression {
  const value = readExpression(cursor);
  finish(cursor);
  return value;
}

function finish(cursor: Cursor): void {
  const next = peek(cursor);
  if (next.kind !== 'end') throw unexpected(next);
}

function readStatement(reader: Reader, cursor: Cursor, block: Block): Print {
  if (++reader.depth > maximumDepth)
    throw new JinjaError(
      `blocks stand more than ${maximumDepth} deep in one another`,
      peek(cursor),
    );
  const { text } = take(cursor);
  const statement =
    text === 'if'
      ? readIf(reader, cursor, block)
      : text === 'for'
        ? readFor(reader, cursor, block)
        : readSet(reader, cursor, block);
  reader.depth--;
  return statement;
}

function readIf(reader: Reader, first: Cursor, block: Block): Print {
  const branches = [{ condition: readWhole(first), body: readBody(reader, first.locals) }];
  let next = nextPart(reader, block, first.locals);
  for (; takeIf(next, 'elif'); next = nextPart(reader, block, first.locals))
    branches.push({ condition: readWhole(next), body: readBody(reader, first.locals) });
  const otherwise = readElseAndEnd(reader, next, block, 'endif');
  return (scope, rendering) => {
    const chosen = branches.find(({ condition }) => isTrue(condition(scope)));
    (chosen?.body ?? otherwise)(scope, rendering);
  };
}

/**
 * `x = value`, `a, b = pair`, `space.x = value`, or `x` with its text up to `endset`. What a loop
 * sets is gone after each round.
 */
function readSet(reader: Reader, cursor: Cursor, block: Block): Print {
  const name = takeName(cursor);
  if (takeIf(cursor, '.')) return readSlot(cursor, name);
  const names = readNames(cursor, name);
  if (takeIf(cursor, '=')) {
    const value = readList(cursor);
    finish(cursor);
    for (const { text } of names) cursor.locals.own.set(text, true);
    return (scope) => bind(scope, names, value(scope));
  }
  if (names.length > 1 || peek(cursor).kind !== 'end') throw unexpected(peek(cursor));
  const body = readBody(reader, cursor.locals);
  endAt(nextPart(reader, block, cursor.locals), 'endset');
  cursor.locals.own.set(name.text, true);
  return (scope, rendering) => {
    const inner = { ...rendering, text: growingText(scope.work) };
    body(scope, inner);
    rendering.rounds = inner.rounds;
    scope.values.own.set(name.text, inner.text.text());
  };
}

function readSlot(cursor: Cursor, space: Token): Print {
  if (!hasName(cursor.locals, space.text)) throw unexpected(space);
  const slot = takeName(cursor);
  expect(cursor, '=');
  const newValue = readList(cursor);
  finish(cursor);
  return (scope) => {
    const value = named(scope.values, space.text);
    const slots = isMembers(value) ? value.slots : undefined;
    if (!slots) throw new JinjaError(`\`${space.text}\` is not a namespace`);
    slots.set(slot.text, newValue(scope));
  };
}

/** Values with commas between them are a tuple. */
function readList(cursor: Cursor): Expression {
  const entries = [readExpression(cursor)];
  while (takeIf(cursor, ',')) entries.push(readExpression(cursor));
  const [only] = entries;
  return entries.length === 1 && only
    ? only
    : (scope) => tupleOf(entries.map((entry) => entry(scope)));
}

function readNames(cursor: Cursor, first: Token): readonly Token[] {
  const names = [first];
  while (takeIf(cursor, ',')) names.push(takeName(cursor));
  return names;
}

function bind({ values, work }: Scope, names: readonly Token[], value: Value): void {
  const [only] = names;
  if (names.length === 1 && only) values.own.set(only.text, value);
  else {
    const parts = listOf(value, true, work);
    if (parts.length !== names.length)
      throw new JinjaError(`${names.length} names can't take ${parts.length} values`);
    for (const [at, { text }] of names.entries()) values.own.set(text, parts[at]);
  }
}

function readFor(reader: Reader, cursor: Cursor, block: Block): Print {
  const names = readNames(cursor, takeName(cursor));
  expect(cursor, 'in');
  const list = readOr(cursor);
  const locals = namesIn(cursor.locals);
  for (const { text } of names) locals.own.set(text, true);
  const inner = { ...cursor, locals };
  const filter = takeIf(inner, 'if') ? readExpression(inner) : undefined;
  if (isNext(inner, 'recursive')) throw unexpected(peek(inner));
  finish(inner);
  locals.own.set('loop', true);
  const body = readBody(reader, locals);
  const next = nextPart(reader, block, cursor.locals);
  const otherwise = readElseAndEnd(reader, next, block, 'endfor');
  const scopeOf = ({ values, work }: Scope, entry: Value): Scope => {
    work.characters(charactersPerStep);
    const inside = { values: namesIn(values), work };
    bind(inside, names, entry);
    return inside;
  };
  return (scope, rendering) => {
    const all = listOf(list(scope), false, scope.work);
    rendering.rounds += all.length;
    if (rendering.rounds > maximumRounds)
      throw new JinjaError(`the loops take more than ${maximumRounds} rounds`);
    const entries = filter ? all.filter((entry) => isTrue(filter(scopeOf(scope, entry)))) : all;
    if (entries.length === 0) otherwise(scope, rendering);
    for (const [index, entry] of entries.entries()) {
      const inside = scopeOf(scope, entry);
      inside.values.own.set('loop', loopValue(index, entries));
      body(inside, rendering);
    }
  };
}

function loopValue(index: number, entries: readonly Value[]): Members {
  const { length } = entries;
  const counts = {
    index: index + 1,
    index0: index,
    revindex: length - index,
    revindex0: length - index - 1,
    first: index === 0,
    last: index === length - 1,
    length,
  };
  return mapOf(
    new Map<string, Value>([
      ...Object.entries(counts),
      ['previtem', entries[index - 1]],
      ['nextitem', entries[index + 1]],
    ]),
  );
}

function nextPart(reader: Reader, { tokens, start }: Block, locals: Names<true>): Cursor {
  const block = reader.blocks[reader.at];
  if (!block)
    throw new JinjaError('the block is never ended', { start, end: tokens.at(-1)?.end ?? start });
  reader.at++;
  return cursorOf(reader, block, locals);
}

/** What the optional `else` of a block prints, up to the end of the block. */
function readElseAndEnd(reader: Reader, next: Cursor, block: Block, end: string): Print {
  if (peek(next).text !== 'else') {
    endAt(next, end);
    return () => {};
  }
  endAt(next, 'else');
  const body = readBody(reader, next.locals);
  endAt(nextPart(reader, block, next.locals), end);
  return body;
}

function endAt(cursor: Cursor, name: string): void {
  expect(cursor, name);
  finish(cursor);
}
