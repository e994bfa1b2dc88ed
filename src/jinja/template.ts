import { type GrowingText, growingText, type Work } from '../work/work.ts';
import {
  type Cursor,
  type Expression,
  expect,
  isNext,
  peek,
  type Scope,
  take,
  takeName,
  took,
  unexpected,
} from './cursor.ts';
import { JinjaError } from './error.ts';
import { readExpression, readOr } from './expression.ts';
import { type Block, blocksOf, type Token } from './lexer.ts';
import { isTrue, listOf } from './operators.ts';
import { printed } from './print.ts';
import { isList, type Members, mapOf, type Roots, tupleOf, type Value } from './value.ts';

/**
 * Rounds of all loops of one rendering: a rule's lists may be long, and loops may stand in loops.
 */
const mostRounds = 100_000;

/** `if` and `for` in one another. */
const deepestBlocks = 50;
/** Of the work, for each part of a template that is looked at. */
const charactersPerPart = 16;

interface Rendering {
  readonly text: GrowingText;
  rounds: number;
}

type Node = (scope: Scope, rendering: Rendering) => void;

interface Reader {
  readonly blocks: readonly Block[];
  at: number;
  depth: number;
  readonly roots: Roots;
}

/**
 * The part of Jinja2 that names, filters, compares, chooses (`if`), repeats (`for`) and keeps
 * (`set`); all else is refused with a {@link JinjaError}. Nothing in a template can reach beyond
 * the values it is given, and what it makes is counted.
 */
export function parseJinja(
  source: string,
  roots: Roots,
): (context: ReadonlyMap<string, Value>, work: Work) => string {
  const reader: Reader = { blocks: blocksOf(source), at: 0, depth: 0, roots };
  const body = readBody(reader, new Set());
  const left = reader.blocks[reader.at];
  if (left) throw unexpected(peek(cursorOf(reader, left, new Set())));
  return (context, work) => {
    const rendering: Rendering = { text: growingText(work), rounds: 0 };
    try {
      body({ values: new Map(context), work }, rendering);
    } catch (error) {
      // the only calls without a bound of their own follow values into one another
      if (error instanceof RangeError)
        throw new Error('lists or maps stand too deep in one another');
      throw error;
    }
    return rendering.text.text();
  };
}

function cursorOf({ roots }: Reader, { tokens }: Block, locals: Set<string>): Cursor {
  return { tokens, at: 0, roots, locals, readInner: readExpression };
}

/** Up to a statement that ends or continues what surrounds it. */
function readBody(reader: Reader, locals: Set<string>): Node {
  const nodes: Node[] = [];
  for (let block = reader.blocks[reader.at]; block; block = reader.blocks[reader.at]) {
    const cursor = cursorOf(reader, block, locals);
    if (block.kind === 'statement' && !/^(?:if|for|set)$/.test(peek(cursor).text)) break;
    reader.at++;
    nodes.push(
      block.kind === 'text'
        ? textNode(block.text)
        : block.kind === 'print'
          ? printNode(cursor)
          : readStatement(reader, cursor, block),
    );
  }
  return (scope, rendering) => {
    for (const node of nodes) {
      scope.work.characters(charactersPerPart);
      node(scope, rendering);
    }
  };
}

const textNode =
  (text: string): Node =>
  (_, rendering) => {
    rendering.text.add(text);
  };

function printNode(cursor: Cursor): Node {
  const value = whole(cursor);
  return (scope, rendering) => {
    rendering.text.add(printed(value(scope), scope.work));
  };
}

/** An expression up to the end of its block. */
function whole(cursor: Cursor): Expression {
  const value = readExpression(cursor);
  finish(cursor);
  return value;
}

function finish(cursor: Cursor): void {
  const next = peek(cursor);
  if (next.kind !== 'end') throw unexpected(next);
}

function readStatement(reader: Reader, cursor: Cursor, block: Block): Node {
  if (++reader.depth > deepestBlocks) {
    const { start, end } = peek(cursor);
    throw new JinjaError(`blocks stand more than ${deepestBlocks} deep in one another`, start, end);
  }
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

function readIf(reader: Reader, first: Cursor, block: Block): Node {
  const branches = [{ condition: whole(first), body: readBody(reader, first.locals) }];
  let otherwise: Node = () => {};
  let next = nextPart(reader, block, first.locals);
  for (; took(next, 'elif'); next = nextPart(reader, block, first.locals))
    branches.push({ condition: whole(next), body: readBody(reader, first.locals) });
  if (peek(next).text === 'else') {
    otherwise = readElse(reader, next);
    next = nextPart(reader, block, first.locals);
  }
  endAt(next, 'endif');
  return (scope, rendering) => {
    const chosen = branches.find(({ condition }) => isTrue(condition(scope)));
    (chosen?.body ?? otherwise)(scope, rendering);
  };
}

/**
 * `x = value`, `a, b = pair`, `space.x = value`, or `x` with its text up to `endset`. What a loop
 * sets is gone behind each of its rounds.
 */
function readSet(reader: Reader, cursor: Cursor, block: Block): Node {
  const name = takeName(cursor);
  if (took(cursor, '.')) return readSlot(cursor, name);
  const names = readNames(cursor, name);
  if (took(cursor, '=')) {
    const value = readList(cursor);
    finish(cursor);
    for (const { text } of names) cursor.locals.add(text);
    return (scope) => bind(scope, names, value(scope));
  }
  if (names.length > 1 || peek(cursor).kind !== 'end') throw unexpected(peek(cursor));
  const body = readBody(reader, cursor.locals);
  endAt(nextPart(reader, block, cursor.locals), 'endset');
  cursor.locals.add(name.text);
  return (scope, rendering) => {
    const inner = { ...rendering, text: growingText(scope.work) };
    body(scope, inner);
    rendering.rounds = inner.rounds;
    scope.values.set(name.text, inner.text.text());
  };
}

function readSlot(cursor: Cursor, space: Token): Node {
  if (!cursor.locals.has(space.text)) throw unexpected(space);
  const slot = takeName(cursor);
  expect(cursor, '=');
  const value = readList(cursor);
  finish(cursor);
  return (scope) => {
    const found = scope.values.get(space.text);
    const slots =
      typeof found === 'object' && found !== null && !isList(found) ? found.slots : undefined;
    if (!slots) throw new Error(`\`${space.text}\` is no namespace`);
    slots.set(slot.text, value(scope));
  };
}

/** Values with commas between them are a list. */
function readList(cursor: Cursor): Expression {
  const entries = [readExpression(cursor)];
  while (took(cursor, ',')) entries.push(readExpression(cursor));
  const [only] = entries;
  return entries.length === 1 && only
    ? only
    : (scope) => tupleOf(entries.map((entry) => entry(scope)));
}

function readNames(cursor: Cursor, first: Token): readonly Token[] {
  const names = [first];
  while (took(cursor, ',')) names.push(takeName(cursor));
  return names;
}

function bind({ values, work }: Scope, names: readonly Token[], value: Value): void {
  const [only] = names;
  if (names.length === 1 && only) values.set(only.text, value);
  else {
    const parts = listOf(value, true, work);
    if (parts.length !== names.length)
      throw new Error(`${names.length} names can't take ${parts.length} values`);
    for (const [at, { text }] of names.entries()) values.set(text, parts[at]);
  }
}

function readFor(reader: Reader, cursor: Cursor, block: Block): Node {
  const names = readNames(cursor, takeName(cursor));
  expect(cursor, 'in');
  const list = readOr(cursor);
  const locals = new Set([...cursor.locals, ...names.map(({ text }) => text)]);
  const inner = { ...cursor, locals };
  const filter = took(inner, 'if') ? readExpression(inner) : undefined;
  if (isNext(inner, 'recursive')) throw unexpected(peek(inner));
  finish(inner);
  const body = readBody(reader, locals.add('loop'));
  let otherwise: Node = () => {};
  let next = nextPart(reader, block, cursor.locals);
  if (peek(next).text === 'else') {
    otherwise = readElse(reader, next);
    next = nextPart(reader, block, cursor.locals);
  }
  endAt(next, 'endfor');
  const scopeOf = ({ values, work }: Scope, entry: Value): Scope => {
    const inside = { values: new Map(values), work };
    bind(inside, names, entry);
    return inside;
  };
  return (scope, rendering) => {
    const all = listOf(list(scope), false, scope.work);
    rendering.rounds += all.length;
    if (rendering.rounds > mostRounds)
      throw new Error(`the loops take more than ${mostRounds} rounds`);
    const entries = filter ? all.filter((entry) => isTrue(filter(scopeOf(scope, entry)))) : all;
    if (entries.length === 0) otherwise(scope, rendering);
    for (const [index, entry] of entries.entries()) {
      const inside = scopeOf(scope, entry);
      inside.values.set('loop', loopValue(index, entries));
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

function nextPart(reader: Reader, { tokens, start }: Block, locals: Set<string>): Cursor {
  const block = reader.blocks[reader.at];
  if (!block) throw new JinjaError('the block is never ended', start, tokens.at(-1)?.end ?? start);
  reader.at++;
  return cursorOf(reader, block, locals);
}

function readElse(reader: Reader, cursor: Cursor): Node {
  endAt(cursor, 'else');
  return readBody(reader, cursor.locals);
}

function endAt(cursor: Cursor, name: string): void {
  if (!took(cursor, name)) throw unexpected(peek(cursor));
  finish(cursor);
}
