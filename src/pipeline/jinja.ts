import { type Cursor, type Expression, peek, readExpression, type Scope, take, took, unexpected } from './jinja-expression.ts';
import { type Block, blocksOf } from './jinja-lexer.ts';
import { isTrue, listOf } from './jinja-value.ts';
import { TemplateFault } from './simple-template.ts';
import { type Members, printedText, type Roots, type Value } from './template-value.ts';
import { type GrowingText, growingText, type Work } from './work.ts';

/** Rounds of all loops of one rendering: a rule's lists may be long, and loops may stand in loops. */
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
 * The part of Jinja2 that names, filters, compares, chooses (`if`) and repeats (`for`); all else is refused with a {@link TemplateFault}.
 * Nothing in a template can reach beyond the values it is given.
 */
export function parseJinja(source: string, roots: Roots): (context: ReadonlyMap<string, Value>, work: Work) => string {
  const reader: Reader = { blocks: blocksOf(source), at: 0, depth: 0, roots };
  const body = readBody(reader, new Set());
  const left = reader.blocks[reader.at];
  if (left) throw unexpected(peek(cursorOf(reader, left, new Set())));
  return (context, work) => {
    const rendering: Rendering = { text: growingText(work), rounds: 0 };
    body({ values: context, work }, rendering);
    return rendering.text.text();
  };
}

function cursorOf({ roots }: Reader, { tokens }: Block, locals: ReadonlySet<string>): Cursor {
  return { tokens, at: 0, roots, locals };
}

/** Up to a statement that ends or continues what surrounds it. */
function readBody(reader: Reader, locals: ReadonlySet<string>): Node {
  const nodes: Node[] = [];
  for (let block = reader.blocks[reader.at]; block; block = reader.blocks[reader.at]) {
    const cursor = cursorOf(reader, block, locals);
    if (block.kind === 'statement' && !/^(?:if|for)$/.test(peek(cursor).text)) break;
    reader.at++;
    nodes.push(block.kind === 'text' ? textNode(block.text) : block.kind === 'print' ? printNode(cursor) : readStatement(reader, cursor, block));
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
    rendering.text.add(printedText(value(scope)));
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
    throw new TemplateFault(`blocks stand more than ${deepestBlocks} deep in one another`, start, end);
  }
  const statement = take(cursor).text === 'if' ? readIf(reader, cursor, block) : readFor(reader, cursor, block);
  reader.depth--;
  return statement;
}

function readIf(reader: Reader, first: Cursor, block: Block): Node {
  const branches = [{ condition: whole(first), body: readBody(reader, first.locals) }];
  let otherwise: Node = () => {};
  let next = nextPart(reader, block, first.locals);
  for (; took(next, 'elif'); next = nextPart(reader, block, first.locals)) branches.push({ condition: whole(next), body: readBody(reader, first.locals) });
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

function readFor(reader: Reader, cursor: Cursor, block: Block): Node {
  const name = take(cursor);
  if (name.kind !== 'name' || !took(cursor, 'in')) throw unexpected(name.kind === 'name' ? peek(cursor) : name);
  const list = whole(cursor);
  const body = readBody(reader, new Set([...cursor.locals, name.text, 'loop']));
  let otherwise: Node = () => {};
  let next = nextPart(reader, block, cursor.locals);
  if (peek(next).text === 'else') {
    otherwise = readElse(reader, next);
    next = nextPart(reader, block, cursor.locals);
  }
  endAt(next, 'endfor');
  return (scope, rendering) => {
    const entries = listOf(list(scope), false);
    rendering.rounds += entries.length;
    if (rendering.rounds > mostRounds) throw new Error(`the loops take more than ${mostRounds} rounds`);
    if (entries.length === 0) otherwise(scope, rendering);
    for (const [index, entry] of entries.entries()) {
      const values = new Map(scope.values).set(name.text, entry).set('loop', loopValue(index, entries.length));
      body({ values, work: scope.work }, rendering);
    }
  };
}

function loopValue(index: number, length: number): Members {
  const values = new Map<string, Value>(Object.entries({ index: index + 1, index0: index, first: index === 0, last: index === length - 1, length }));
  return { kind: 'members', member: (name) => values.get(name) };
}

function nextPart(reader: Reader, { tokens, start }: Block, locals: ReadonlySet<string>): Cursor {
  const block = reader.blocks[reader.at];
  if (!block) throw new TemplateFault('the block is never ended', start, tokens.at(-1)?.end ?? start);
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
