import { aggregate, parseAggregations } from './aggregate.ts';
import { parseSearchExpression, type SearchNode } from './search-parse.ts';
import { compileSearch } from './search-run.ts';
import { bucketStart } from './span.ts';
import { quotedEnd, SplError } from './text.ts';
import { type FieldValue, fieldOf, newRow, type Row, textsOf } from './value.ts';

/**
 * `tstats` over a data model: events say in `datamodel` in which they are. A row without a BY field
 * is left out, unless `fillnull_value` gives it one; a field with several values makes a row of
 * each.
 */
export function tstats(text: string): (indexed: readonly Row[]) => readonly Row[] {
  const [, options = '', functions = '', model = '', rest = ''] =
    /^((?:\w+=(?:"[^"]*"|\S+)\s+)*)(.*?)\s+FROM\s+datamodel=(\S+)\s*(.*)$/is.exec(text) ?? [];
  if (model === '')
    throw new SplError(`Error in 'tstats' command: no data model is named: ${text.slice(0, 60)}`);
  for (const [, name] of options.matchAll(/(\w+)=(?:"[^"]*"|\S+)/g)) {
    if (!/^(?:summariesonly|allow_old_summaries|fillnull_value)$/.test(name ?? ''))
      throw new SplError(`Error in 'tstats' command: ${name}`);
  }
  const fill = /\bfillnull_value="([^"]*)"/.exec(options)?.[1];
  const { where, by } = clauses(rest);
  if (where !== '') refuseTerms(parseSearchExpression(where));
  const test = where === '' ? () => true : compileSearch(where);
  const { list } = parseAggregations(functions, 'tstats', 'unknown');
  const [span] = by
    .filter((name) => name.startsWith('span='))
    .map((name) => bucketStart(name.slice(5)));
  const fields = by.filter((name) => !name.startsWith('span='));
  return (indexed) => {
    const groups = new Map<string, { readonly key: readonly FieldValue[]; readonly rows: Row[] }>();
    for (const row of indexed) {
      if (!textsOf(row, 'datamodel').includes(model) || !test(row)) continue;
      for (const key of keysOf(row, fields, fill, span)) {
        const id = JSON.stringify(key);
        const group = groups.get(id) ?? { key, rows: [] };
        group.rows.push(row);
        groups.set(id, group);
      }
    }
    return [...groups.values()].map(({ key, rows }) =>
      newRow({
        ...Object.fromEntries(fields.map((name, at) => [name, key[at]])),
        ...aggregate(list, rows),
      }),
    );
  };
}

function keysOf(
  row: Row,
  fields: readonly string[],
  fill: string | undefined,
  span?: (time: number) => number,
): readonly (readonly FieldValue[])[] {
  return fields.reduce<readonly (readonly FieldValue[])[]>(
    (keys, name) => {
      const texts = textsOf(row, name);
      const values: readonly FieldValue[] =
        name === '_time' && span
          ? [span(Number(fieldOf(row.event, name)))]
          : texts.length > 0
            ? texts
            : fill === undefined
              ? []
              : [fill];
      return keys.flatMap((key) => values.map((value) => [...key, value]));
    },
    [[]],
  );
}

/** `WHERE ... BY ...`, the words outside of quotes. */
function clauses(text: string): { readonly where: string; readonly by: readonly string[] } {
  let end = text.length;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '"') at = quotedEnd(text, at) - 1;
    else if (
      /^by\s/i.test(text.slice(at, at + 3)) &&
      (at === 0 || /\s/.test(text.charAt(at - 1)))
    ) {
      end = at;
      break;
    }
  }
  const by = text.slice(end + 2).trim();
  return {
    where: text
      .slice(0, end)
      .replace(/^where\s+/i, '')
      .trim(),
    by: by === '' ? [] : by.split(/[\s,]+/),
  };
}

function refuseTerms(node: SearchNode): void {
  if (node.kind === 'term') throw new SplError(`tstats takes fields only: ${node.value.text}`);
  if (node.kind === 'not') refuseTerms(node.operand);
  else if (node.kind !== 'compare') node.operands.forEach(refuseTerms);
}
