import { queryStringLimits } from '../../backend/lucene/limits.ts';

interface Group {
  and: boolean;
  or: boolean;
  not: boolean;
  /** An operand was read, and no operator after it. */
  after: boolean;
}

interface Scan {
  readonly text: string;
  at: number;
  clauses: number;
  readonly groups: Group[];
  group: Group;
  readonly reasons: Set<string>;
  /** Whether the server accepts them. */
  readonly leadingWildcards: boolean;
}

/**
 * Why OpenSearch or Graylog would refuse or misread a query; Graylog does not check queries at
 * installation. An empty query finds everything. The text is parsed by the rules of Lucene's query
 * parser, independently of the printer that wrote it.
 */
export function checkQuery(query: string, leadingWildcards = false): string[] {
  const scan: Scan = {
    text: query,
    at: 0,
    clauses: 0,
    groups: [],
    group: newGroup(),
    reasons: new Set(),
    leadingWildcards,
  };
  if (query.length > queryStringLimits.length)
    scan.reasons.add(
      `the query has ${query.length} characters, more than ${queryStringLimits.length}`,
    );
  const parameter = query.includes('$') ? /\$[A-Za-z_][A-Za-z0-9_]*\$/.exec(query) : null;
  if (parameter) scan.reasons.add(`${parameter[0]} reads as a parameter of Graylog; write \\$`);
  while (scan.at < query.length) step(scan);
  if (scan.groups.length > 0) scan.reasons.add('a parenthesis is not closed');
  closeGroup(scan.group, scan, true);
  if (scan.clauses > queryStringLimits.clauses)
    scan.reasons.add(
      `the query has ${scan.clauses} clauses, more than ${queryStringLimits.clauses}`,
    );
  return [...scan.reasons];
}

const newGroup = (): Group => ({ and: false, or: false, not: false, after: false });

function step(scan: Scan): void {
  switch (scan.text.charCodeAt(scan.at)) {
    case 0x20:
    case 0x09:
    case 0x0a:
    case 0x0d:
    case 0x3000:
      scan.at++;
      return;
    case openingParenthesis:
      beginOperand(scan);
      scan.groups.push(scan.group);
      scan.group = newGroup();
      scan.at++;
      return;
    case closingParenthesis:
      leaveGroup(scan);
      return;
    case quote:
      leaf(scan);
      scan.at = endOfQuoted(scan);
      return;
    case 0x2f: // /
      leaf(scan);
      readRegex(scan);
      return;
    case openingBracket:
    case 0x7b: // {
      leaf(scan);
      readRange(scan);
      return;
    default:
      readWord(scan);
  }
}

function leaveGroup(scan: Scan): void {
  scan.at++;
  closeGroup(scan.group, scan, false);
  const outer = scan.groups.pop();
  if (outer === undefined) scan.reasons.add('a parenthesis is closed that was not opened');
  scan.group = outer ?? newGroup();
  scan.group.after = true;
}

// Lucene has no precedence: `a OR b AND c` requires b and c and ignores a, `NOT a OR b` requires
// that a is absent
function closeGroup(group: Group, scan: Scan, whole: boolean): void {
  if (!group.after && (!whole || group.and || group.or || group.not))
    scan.reasons.add('a group is empty, or ends with an operator');
  if (group.or && group.and)
    scan.reasons.add('AND and OR are in one group; Lucene has no precedence, use parentheses');
  if (group.or && group.not)
    scan.reasons.add(
      'NOT stands beside OR in one group; Lucene takes it for AND NOT, use parentheses',
    );
}

function beginOperand(scan: Scan): void {
  if (scan.group.after) scan.group.or = true;
  scan.group.after = false;
}

function leaf(scan: Scan): void {
  beginOperand(scan);
  scan.group.after = true;
  scan.clauses++;
}

function operator(scan: Scan, name: 'and' | 'or' | 'not'): void {
  if (name === 'not') beginOperand(scan);
  else if (!scan.group.after) scan.reasons.add('an operator has nothing before it');
  scan.group[name] = true;
  scan.group.after = false;
}

function endOfQuoted(scan: Scan): number {
  const { text } = scan;
  for (let at = scan.at + 1; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === backslash) at++;
    else if (char === quote) return at + 1;
  }
  scan.reasons.add('a quotation mark is not closed');
  return text.length;
}

// a slash after a backslash never ends a regular expression, not even after two of them
function readRegex(scan: Scan): void {
  const start = scan.at + 1;
  let end = scan.text.indexOf('/', start);
  while (end > 0 && scan.text.charCodeAt(end - 1) === backslash)
    end = scan.text.indexOf('/', end + 1);
  if (end < 0)
    scan.reasons.add(
      'a regular expression is not closed; before its end a backslash is to be written [\\\\]',
    );
  const regex = scan.text.slice(start, end < 0 ? undefined : end);
  const { regexLength } = queryStringLimits;
  if (regex.length > regexLength)
    scan.reasons.add(
      `a regular expression has ${regex.length} characters, more than ${regexLength}`,
    );
  checkRegex(regex, scan.reasons);
  scan.at = end < 0 ? scan.text.length : end + 1;
}

// a regular expression that Lucene can't parse finds nothing, without an error
function checkRegex(regex: string, reasons: Set<string>): void {
  let inClass = false;
  let before = bar;
  for (let at = 0; at < regex.length; at++) {
    let char = regex.charCodeAt(at);
    if (char === backslash) {
      char = regex.charCodeAt(++at);
      if (isLetter(char) && !'dDsSwW'.includes(regex.charAt(at)))
        reasons.add(`\\${regex.charAt(at)} is not an escape in Lucene's regular expressions`);
      char = backslash;
    } else if (inClass) {
      inClass = char !== closingBracket;
    } else if (char === openingBracket) {
      inClass = true;
    } else if (endsEmptyBranch(char, before)) {
      reasons.add(emptyBranch);
    }
    before = inClass ? backslash : char;
  }
  if (before === bar && regex !== '') reasons.add(emptyBranch);
  if (inClass) reasons.add('a character class is not closed');
}

const endsEmptyBranch = (char: number, before: number): boolean =>
  (char === bar && (before === bar || before === openingParenthesis)) ||
  (char === closingParenthesis && before === bar);

// capitals and small letters differ in the 0x20 bit
const isLetter = (char: number): boolean => (char | 0x20) >= 0x61 && (char | 0x20) <= 0x7a;

const emptyBranch =
  "a branch of a regular expression is empty, which Lucene can't read; write (...)?";

function readRange(scan: Scan): void {
  const match = /[\]}]/g;
  match.lastIndex = scan.at;
  const end = match.exec(scan.text);
  if (end === null) scan.reasons.add('a range is not closed');
  scan.at = end === null ? scan.text.length : end.index + 1;
}

const backslash = 0x5c;
const quote = 0x22;
const bar = 0x7c;
const openingParenthesis = 0x28;
const closingParenthesis = 0x29;
const openingBracket = 0x5b;
const closingBracket = 0x5d;
const operators: ReadonlyMap<string, 'and' | 'or' | 'not'> = new Map([
  ['AND', 'and'],
  ['&&', 'and'],
  ['OR', 'or'],
  ['||', 'or'],
  ['NOT', 'not'],
  ['!', 'not'],
]);

function readWord(scan: Scan): void {
  const { text } = scan;
  const start = scan.at;
  if (text.charAt(start) === '!') {
    scan.at++;
    operator(scan, 'not');
    return;
  }
  let at = start;
  while (at < text.length && !endsWord(text.charCodeAt(at)))
    at += text.charCodeAt(at) === backslash ? 2 : 1;
  const word = text.slice(start, at);
  if (text.charAt(at) === ':') {
    if (word === '*' || word === '')
      scan.reasons.add(`${word}: is not a field; for all messages write an empty query`);
    if (/^[-+]/.test(word)) scan.reasons.add('a field begins with an unescaped sign');
    scan.at = at + 1;
    return;
  }
  scan.at = Math.max(at, start + 1);
  const named = word.length <= 3 ? operators.get(word) : undefined;
  if (named !== undefined) operator(scan, named);
  else if (word.length > 3 && !beginsOddly.test(word)) leaf(scan);
  else if (!/^[<>]=?$/.test(word) && !/^[~^][\d.]*$/.test(word)) readTerm(scan, word);
}

// a longer word with another first letter is valid
const beginsOddly = /^[<>=*?~^+-]/;

function readTerm(scan: Scan, word: string): void {
  leaf(scan);
  if (word === '') scan.reasons.add('a bracket is closed that was not opened');
  if (!scan.leadingWildcards && /^[<>]?=?[*?]/.test(word))
    scan.reasons.add('a term begins with a wildcard, which Graylog refuses by default');
  if (/^[-+]/.test(word)) scan.reasons.add('a term begins with an unescaped sign');
  if (/^(?:and|or|not)$/i.test(word))
    scan.reasons.add(`${word} reads as a term that looks like an operator`);
}

function endsWord(char: number): boolean {
  switch (char) {
    case 0x20:
    case 0x09:
    case 0x0a:
    case 0x0d:
    case 0x3000:
    case 0x22: // "
    case 0x28: // (
    case 0x29: // )
    case 0x2f: // /
    case 0x3a: // :
    case 0x5b: // [
    case 0x5d: // ]
    case 0x7b: // {
    case 0x7d: // }
      return true;
    default:
      return false;
  }
}
