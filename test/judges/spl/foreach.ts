import {
  atEnd,
  cursor,
  expectEnd,
  peek,
  skipSpace,
  takeEnclosed,
  takeLiteral,
  takeName,
} from './cursor.ts';
import type { NullLogic } from './eval-run.ts';
import { evalCommand } from './row-commands.ts';
import { SplError } from './text.ts';
import type { Row, RowCommand } from './value.ts';
import { wildcardTest } from './wildcard.ts';

const SIMPLE = /^[A-Za-z_]\w*$/;

/**
 * `foreach a b* [eval "<<FIELD>>"=... '<<FIELD>>' ...]`, in its mode for fields: the template runs
 * once for each field that some row has. Where the name has other signs than letters, digits and
 * `_`, a template that does not quote it is refused, as Splunk takes it for something else.
 */
export function foreachCommand(text: string, nulls: NullLogic): RowCommand {
  const c = cursor(text);
  const tests: ((name: string) => boolean)[] = [];
  skipSpace(c);
  while (!atEnd(c) && peek(c) !== '[') {
    tests.push(wildcardTest(takeName(c)));
    takeLiteral(c, ',');
    skipSpace(c);
  }
  if (tests.length === 0 || peek(c) !== '[')
    throw new SplError(
      `Error in 'foreach' command: fields and a search in brackets are expected: ${text.slice(0, 60)}`,
    );
  const template = /^\s*eval\s+(.*)$/s.exec(takeEnclosed(c, '[', ']'))?.[1];
  expectEnd(c, 'foreach');
  if (template === undefined)
    throw new SplError('foreach: this reader knows templates of eval only');
  const run = (field: string): RowCommand =>
    evalCommand(template.replaceAll('<<FIELD>>', field), nulls);
  run('any_field');
  const isQuoted = !/(?<!["'])<<FIELD>>|<<FIELD>>(?!["'])/.test(template);
  return (rows) => {
    const fields = fieldsOf(rows, tests);
    const odd = isQuoted ? undefined : fields.find((field) => !SIMPLE.test(field));
    if (odd !== undefined)
      throw new SplError(`foreach: the template does not quote <<FIELD>>, which is '${odd}'`);
    return fields.reduce<readonly Row[]>((current, field) => run(field)(current), rows);
  };
}

function fieldsOf(
  rows: readonly Row[],
  tests: readonly ((name: string) => boolean)[],
): readonly string[] {
  const names = new Set(rows.flatMap((row) => Object.keys(row.event)));
  return [...names].filter((name) => tests.some((test) => test(name)));
}
