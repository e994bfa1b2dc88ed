/** What Lucene would refuse, or what no query here should say. */
export class LuceneError extends Error {}

/**
 * Lucene's regular expressions, read and run without any other engine: the ends of all matches from
 * a start, by code points.
 */
type Node = (text: readonly number[], start: number) => ReadonlySet<number>;

interface Reader {
  readonly source: readonly string[];
  at: number;
}

/**
 * A test of whole values. Operators that no query here has use for (`#`, `@`, `<`, `"` unescaped)
 * are errors.
 */
export function lucenePattern(source: string): (value: string) => boolean {
  const reader: Reader = { source: [...source], at: 0 };
  const node = readUnion(reader);
  if (reader.at < reader.source.length)
    throw new LuceneError(`a parenthesis too many in /${source}/`);
  return (value) => {
    const text = Array.from(value, (char) => char.codePointAt(0) ?? 0);
    return node(text, 0).has(text.length);
  };
}

function readUnion(reader: Reader): Node {
  const left = readIntersection(reader);
  if (reader.source[reader.at] !== '|') return left;
  reader.at++;
  const right = readUnion(reader);
  return (text, start) => new Set([...left(text, start), ...right(text, start)]);
}

function readIntersection(reader: Reader): Node {
  const left = readConcatenation(reader);
  if (reader.source[reader.at] !== '&') return left;
  reader.at++;
  const right = readIntersection(reader);
  return (text, start) => {
    const other = right(text, start);
    return new Set([...left(text, start)].filter((end) => other.has(end)));
  };
}

function readConcatenation(reader: Reader): Node {
  const nodes: Node[] = [];
  for (
    let char = reader.source[reader.at];
    char !== undefined && !'|&)'.includes(char);
    char = reader.source[reader.at]
  )
    nodes.push(readRepeat(reader));
  if (nodes.length === 0) throw new LuceneError(`an empty branch at ${reader.at}`);
  return (text, start) =>
    nodes.reduce<ReadonlySet<number>>((starts, node) => step(node, text, starts), new Set([start]));
}

function step(
  node: Node,
  text: readonly number[],
  starts: ReadonlySet<number>,
): ReadonlySet<number> {
  const ends = new Set<number>();
  for (const start of starts) for (const end of node(text, start)) ends.add(end);
  return ends;
}

function readRepeat(reader: Reader): Node {
  let node = readComplement(reader);
  for (;;) {
    const bounds = readBounds(reader);
    if (!bounds) return node;
    node = repeated(node, ...bounds);
  }
}

function readBounds(reader: Reader): readonly [number, number] | undefined {
  const simple = {
    '*': [0, Number.POSITIVE_INFINITY],
    '+': [1, Number.POSITIVE_INFINITY],
    '?': [0, 1],
  } as const;
  const char = reader.source[reader.at] ?? '';
  if (char === '*' || char === '+' || char === '?') {
    reader.at++;
    return simple[char];
  }
  if (char !== '{') return undefined;
  const end = reader.source.indexOf('}', reader.at);
  const match = /^\{(\d+)(,?)(\d*)$/.exec(reader.source.slice(reader.at, end).join(''));
  if (!match) throw new LuceneError('a bad repeat');
  reader.at = end + 1;
  const least = Number(match[1]);
  return [least, match[3] ? Number(match[3]) : match[2] ? Number.POSITIVE_INFINITY : least];
}

function repeated(node: Node, least: number, most: number): Node {
  return (text, start) => {
    const ends = new Set<number>(least === 0 ? [start] : []);
    let frontier: ReadonlySet<number> = new Set([start]);
    for (let count = 1; count <= most && frontier.size > 0; count++) {
      frontier = step(node, text, frontier);
      // beyond the least, an end that is known already leads nowhere new
      if (count >= least) frontier = new Set([...frontier].filter((end) => !ends.has(end)));
      if (count >= least) for (const end of frontier) ends.add(end);
    }
    return ends;
  };
}

function readComplement(reader: Reader): Node {
  if (reader.source[reader.at] !== '~') return readAtom(reader);
  reader.at++;
  const inner = readComplement(reader);
  return (text, start) => {
    const matched = inner(text, start);
    const ends = new Set<number>();
    for (let end = start; end <= text.length; end++) if (!matched.has(end)) ends.add(end);
    return ends;
  };
}

function readAtom(reader: Reader): Node {
  const char = reader.source[reader.at++] ?? '';
  switch (char) {
    case '(': {
      if (reader.source[reader.at] === ')') {
        reader.at++;
        return (_, start) => new Set([start]);
      }
      const node = readUnion(reader);
      if (reader.source[reader.at++] !== ')') throw new LuceneError('a group is not closed');
      return node;
    }
    case '.':
      return single(() => true);
    case '[':
      return single(readClass(reader));
    case '\\':
      return single(same(escaped(reader)));
  }
  if (char === '' || '#@<>"{}]*+?/'.includes(char))
    throw new LuceneError(`\`${char}\` stands for itself without a backslash`);
  return single(same(char));
}

type CharTest = (char: number) => boolean;

const single =
  (test: CharTest): Node =>
  (text, start) => {
    const char = text[start];
    return new Set(char !== undefined && test(char) ? [start + 1] : []);
  };

function same(char: string): CharTest {
  const wanted = char.codePointAt(0);
  return (given) => given === wanted;
}

function escaped(reader: Reader): string {
  const char = reader.source[reader.at++];
  if (char === undefined || /[A-Za-z0-9]/.test(char)) throw new LuceneError(`no escape: \\${char}`);
  return char;
}

function readClass(reader: Reader): CharTest {
  const negated = reader.source[reader.at] === '^';
  if (negated) reader.at++;
  const tests: CharTest[] = [];
  for (let char = reader.source[reader.at++]; char !== ']'; char = reader.source[reader.at++]) {
    if (char === undefined) throw new LuceneError('a class is not closed');
    const low = char === '\\' ? escaped(reader) : char;
    if (reader.source[reader.at] !== '-' || reader.source[reader.at + 1] === ']') {
      tests.push(same(low));
      continue;
    }
    reader.at++;
    const next = reader.source[reader.at++] ?? '';
    const [from, to] = [
      low.codePointAt(0) ?? 0,
      (next === '\\' ? escaped(reader) : next).codePointAt(0) ?? 0,
    ];
    if (to < from) throw new LuceneError('a range is out of order');
    tests.push((given) => from <= given && given <= to);
  }
  if (tests.length === 0) throw new LuceneError('an empty class');
  return (given) => tests.some((test) => test(given)) !== negated;
}
