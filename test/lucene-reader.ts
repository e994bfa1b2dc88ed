import { BlockList, isIP } from 'node:net';
import { LuceneError, lucenePattern } from './lucene-pattern.ts';
import { oneCharacter } from './one-character.ts';

/**
 * An independent reader of Lucene's classic query syntax as OpenSearch's `query_string` takes it,
 * default operator OR. It knows what Graylog queries are made of and throws `LuceneError` for all
 * else, so that text which breaks out of its place is an error or another answer.
 */
export type LuceneEvent = Readonly<Record<string, string>>;
/** Fields may have several values. */
export type LuceneDocument = Readonly<Record<string, string | readonly string[]>>;

export interface LuceneQuery {
  /** Names before a colon, and those that `_exists_` is asked for. */
  readonly fields: ReadonlySet<string>;
  readonly clauses: number;
  readonly matches: (event: LuceneDocument) => boolean;
}

type Test = (event: LuceneDocument) => boolean;
type Occurrence = 'must' | 'should' | 'not';

interface Scan {
  readonly text: string;
  at: number;
  clauses: number;
  readonly fields: Set<string>;
  /**
   * Terms may start with a wildcard, dollar signs are plain, fields of addresses find the quoted
   * blocks that they are in.
   */
  readonly elasticsearch: boolean;
}

/** As Graylog takes it. */
export function readLucene(text: string): LuceneQuery {
  if (/\$[A-Za-z_]\w*\$/.test(text)) throw new LuceneError('a parameter of Graylog');
  return read(text, false);
}

/** As Elasticsearch takes it. */
export const readElasticsearch = (text: string): LuceneQuery => read(text, true);

function read(text: string, elasticsearch: boolean): LuceneQuery {
  const scan: Scan = { text, at: 0, clauses: 0, fields: new Set(), elasticsearch };
  const matches = readGroup(scan, undefined);
  if (scan.at < text.length) throw new LuceneError(`a parenthesis too many at ${scan.at}`);
  return { fields: scan.fields, clauses: scan.clauses, matches };
}

const isBlank = (char: string): boolean => ' \t\n\r\u3000'.includes(char);

function skipBlanks(scan: Scan): void {
  while (scan.at < scan.text.length && isBlank(scan.text[scan.at] ?? '')) scan.at++;
}

/** Clauses up to the closing parenthesis, put together as `QueryParserBase.addClause` does. */
function readGroup(scan: Scan, field: string | undefined): Test {
  const clauses: { occurrence: Occurrence; test: Test }[] = [];
  for (
    skipBlanks(scan);
    scan.at < scan.text.length && scan.text[scan.at] !== ')';
    skipBlanks(scan)
  ) {
    const conjunction =
      clauses.length > 0 ? (takeOperator(scan, 'AND') ?? takeOperator(scan, 'OR')) : undefined;
    const negated = takeOperator(scan, 'NOT') !== undefined;
    const last = clauses.at(-1);
    if (conjunction === 'AND' && last && last.occurrence !== 'not') last.occurrence = 'must';
    const test = readClause(scan, field);
    clauses.push({ occurrence: negated ? 'not' : conjunction === 'AND' ? 'must' : 'should', test });
  }
  if (clauses.length === 0) throw new LuceneError('an empty group');
  const of = (wanted: Occurrence): readonly Test[] =>
    clauses.filter(({ occurrence }) => occurrence === wanted).map(({ test }) => test);
  const [must, should, not] = [of('must'), of('should'), of('not')];
  return (event) =>
    must.every((test) => test(event)) &&
    !not.some((test) => test(event)) &&
    (must.length > 0 || should.length === 0 || should.some((test) => test(event)));
}

function takeOperator(scan: Scan, name: 'AND' | 'OR' | 'NOT'): string | undefined {
  const end = scan.at + name.length;
  if (!scan.text.startsWith(name, scan.at) || !/[\s\u3000(]/.test(scan.text[end] ?? ''))
    return undefined;
  scan.at = end;
  skipBlanks(scan);
  return name;
}

function readClause(scan: Scan, scope: string | undefined): Test {
  const char = scan.text[scan.at];
  if (char === '(') {
    scan.at++;
    const test = readGroup(scan, scope);
    if (scan.text[scan.at] !== ')') throw new LuceneError('a parenthesis is not closed');
    scan.at++;
    return test;
  }
  if (char === '"') return countedLeaf(scan, valueTest(scope, quotedTest(scan, readQuoted(scan))));
  if (char === '/') return countedLeaf(scan, valueTest(scope, lucenePattern(readRegex(scan))));
  if (char === '<' || char === '>') return countedLeaf(scan, readComparison(scan, scope));
  if (
    scan.elasticsearch &&
    scope === undefined &&
    /^\*:\*(?=[\s)]|$)/.test(scan.text.slice(scan.at))
  ) {
    scan.at += 3;
    return countedLeaf(scan, () => true);
  }
  const term = readTerm(scan);
  if (scan.text[scan.at] !== ':') {
    if (/^(?:AND|OR|NOT|&&|\|\|)$/.test(term.raw))
      throw new LuceneError(`${term.raw} stands where a clause is wanted`);
    return countedLeaf(scan, valueTest(scope, term.test));
  }
  if (scope !== undefined || term.wild) throw new LuceneError(`no field: ${term.raw}`);
  if (/^(?:AND|OR|NOT)$/.test(term.raw))
    throw new LuceneError(`an operator before a colon: ${term.raw}`);
  scan.at++;
  return readField(scan, term.text);
}

function readField(scan: Scan, field: string): Test {
  if (field.includes('*')) throw new LuceneError(`several fields: ${field}`);
  if (field !== '_exists_') {
    scan.fields.add(field);
    return readClause(scan, field);
  }
  const name = readTerm(scan);
  if (name.wild || name.text.includes('*') || /^(?:AND|OR|NOT)$/.test(name.raw))
    throw new LuceneError(`no field: ${name.raw}`);
  scan.fields.add(name.text);
  return countedLeaf(scan, (event) => Object.hasOwn(event, name.text));
}

function countedLeaf(scan: Scan, test: Test): Test {
  scan.clauses++;
  return test;
}

/** Without a field, all fields are searched. */
function valueTest(field: string | undefined, test: (value: string) => boolean): Test {
  if (field === undefined) return (event) => Object.values(event).flat().some(test);
  return (event) => Object.hasOwn(event, field) && [event[field] ?? ''].flat().some(test);
}

function quotedTest({ elasticsearch }: Scan, wanted: string): (value: string) => boolean {
  const [, network = '', prefix] = (elasticsearch && /^([0-9a-f:.]+)\/(\d+)$/.exec(wanted)) || [];
  if (isIP(network) === 0) return (value) => value === wanted;
  const family = isIP(network) === 4 ? 'ipv4' : 'ipv6';
  const block = new BlockList();
  block.addSubnet(network, Number(prefix), family);
  return (value) => isIP(value) === isIP(network) && block.check(value, family);
}

function readQuoted(scan: Scan): string {
  let text = '';
  for (let at = scan.at + 1; at < scan.text.length; at++) {
    const char = scan.text[at] ?? '';
    if (char === '"') {
      scan.at = at + 1;
      if (/[^\s\u3000)]/.test(scan.text[scan.at] ?? ')'))
        throw new LuceneError('text runs into a quotation mark');
      return text;
    }
    text += char === '\\' ? (scan.text[++at] ?? '') : char;
  }
  throw new LuceneError('a quotation mark is not closed');
}

/**
 * Ends at a slash without a backslash before it; JavaCC takes the longest match, so a backslash at
 * the end would go on to the next slash.
 */
function readRegex(scan: Scan): string {
  const start = scan.at + 1;
  let end = scan.text.indexOf('/', start);
  while (end > 0 && scan.text[end - 1] === '\\') end = scan.text.indexOf('/', end + 1);
  if (end < 0) throw new LuceneError('a regular expression is not closed');
  scan.at = end + 1;
  if (/[^\s\u3000)]/.test(scan.text[scan.at] ?? ')'))
    throw new LuceneError('text runs into a regular expression');
  return scan.text.slice(start, end);
}

function readComparison(scan: Scan, field: string | undefined): Test {
  const found =
    /([<>]=?)(?:(-?\d+(?:\.\d+)?(?:e[-+]?\d+)?)|"(-?\d+(?:\.\d+)?(?:e[-+]?\d+)?)")(?=[\s)]|$)/y;
  found.lastIndex = scan.at;
  const match = found.exec(scan.text);
  if (!match) throw new LuceneError(`no comparison: ${scan.text.slice(scan.at, scan.at + 20)}`);
  scan.at = found.lastIndex;
  const bound = Number(match[2] ?? match[3]);
  const [operator] = match.slice(1);
  return valueTest(field, (value) => {
    const number = value.trim() === '' ? Number.NaN : Number(value);
    if (operator === '<') return number < bound;
    if (operator === '<=') return number <= bound;
    return operator === '>' ? number > bound : number >= bound;
  });
}

interface Term {
  /** With its backslashes. */
  readonly raw: string;
  readonly text: string;
  readonly wild: boolean;
  readonly test: (value: string) => boolean;
}

/** Characters that must stand behind a backslash in a term. */
const special = /[\s\u3000()":[\]{}/^~!]/;

function readTerm(scan: Scan): Term {
  const start = scan.at;
  let text = '';
  let source = '';
  let wild = false;
  for (; scan.at < scan.text.length; scan.at++) {
    let char = scan.text[scan.at] ?? '';
    if (char === '*' || char === '?') {
      wild = true;
      source += char === '*' ? '[^]*' : oneCharacter;
      continue;
    }
    if (special.test(char)) break;
    if (scan.at === start && '+-'.includes(char))
      throw new LuceneError(`a sign at the start of a term: ${scan.text.slice(start, start + 20)}`);
    if (char === '\\') char = scan.text[++scan.at] ?? '';
    text += char;
    source += char.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
  }
  const raw = scan.text.slice(start, scan.at);
  if (raw === '' || !/[\s\u3000):]|^$/.test(scan.text[scan.at] ?? ''))
    throw new LuceneError(`unexpected text: ${scan.text.slice(start, scan.at + 10)}`);
  if (/^[*?]/.test(raw) && !scan.elasticsearch)
    throw new LuceneError(`a wildcard at the start of a term: ${raw}`);
  const pattern = new RegExp(`^${source}$`);
  return { raw, text, wild, test: (value) => pattern.test(value) };
}
