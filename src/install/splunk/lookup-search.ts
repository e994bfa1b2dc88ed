import { unicodeEscape } from '../../source/char-escape.ts';
import { csvRows } from '../../source/csv/csv-rows.ts';

/**
 * What a search carries at most, unless a single row is more: its text stays below what a server
 * takes as one.
 */
const rowsAtOnce = 200;
const charactersAtOnce = 200_000;

/**
 * Searches that write a lookup: Splunk's REST interface takes files only from the server's own
 * disk. The values travel as JSON in which all but plain letters and digits is escaped, so that
 * nothing of a rule is seen by the search language.
 */
export function lookupSearches(file: string, csv: string): readonly string[] {
  const [names = [], ...rows] = csvRows(csv);
  const table = `| table ${names.map(quoted).join(' ')}`;
  const records = rows.map(
    (row) =>
      `{${names.map((name, at) => `${jsonText(name)}:${jsonText(row[at] ?? '')}`).join(',')}}`,
  );
  return chunksOf(records).map((chunk, index) => {
    const data = `[${chunk.join(',')}]`;
    return (
      `| makeresults format=json data=${quoted(data)} ${table} | outputlookup ` +
      `${index === 0 ? '' : 'append=true '}${quoted(file)}`
    );
  });
}

/** At least one, which may be empty. */
function chunksOf(records: readonly string[]): readonly (readonly string[])[] {
  const chunks: string[][] = [[]];
  let characters = 0;
  for (const record of records) {
    const full =
      (chunks.at(-1)?.length ?? 0) >= rowsAtOnce || characters + record.length > charactersAtOnce;
    if (full && characters > 0) {
      chunks.push([]);
      characters = 0;
    }
    chunks.at(-1)?.push(record);
    characters += record.length;
  }
  return chunks;
}

const quoted = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;

const jsonText = (text: string): string => `"${text.replace(/[^A-Za-z0-9 ._-]/g, unicodeEscape)}"`;
