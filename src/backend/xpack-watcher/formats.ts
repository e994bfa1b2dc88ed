import type { RuleHead } from '../../sigma/rule/rule.ts';
import { urlPart } from '../../source/char-escape.ts';
import { createDistinctNames } from '../distinct-names.ts';
import { shellQuoted } from '../shell.ts';
import type { ConvertedEntry, TargetFormat } from '../target.ts';

/**
 * The id under which a watch is stored: the rule's, or its title's letters and digits. No blanks,
 * which Watcher refuses.
 */
export function watchId({ id, title }: Pick<RuleHead, 'id' | 'title'>): string {
  const slug = (text: string) =>
    text
      .normalize('NFC')
      .replace(/[^\p{L}\p{N}_.-]+/gu, '-')
      .replace(/^[-.]+|[-.]+$/g, '');
  return (id === undefined ? '' : slug(id)) || slug(title.toLowerCase()) || 'sigma-rule';
}

// a second watch of one id would replace the first
const distinctIds = createDistinctNames({ wantedBy: ({ rule }) => [watchId(rule)] });

interface Identified {
  readonly id: string;
  readonly body: unknown;
}

function identified(
  entries: readonly ConvertedEntry[],
  among: readonly ConvertedEntry[],
): readonly Identified[] {
  const ids = distinctIds(among);
  return entries.map((entry) => ({
    id: ids.get(entry)?.[0] ?? watchId(entry.rule),
    body: entry.converted.document,
  }));
}

export const watchFormat: TargetFormat = {
  name: 'json',
  description: 'the body of a watch; several: a JSON array with id and body of each',
  extension: 'json',
  print: (entries, among = entries) => {
    const [only] = entries;
    const printed =
      only && entries.length === 1 ? only.converted.document : identified(entries, among);
    return `${JSON.stringify(printed, null, 2)}\n`;
  },
};

export const watchLinesFormat: TargetFormat = {
  name: 'ndjson',
  description: 'id and body of each watch, one JSON object a line',
  extension: 'ndjson',
  print: (entries, among = entries) =>
    identified(entries, among)
      .map((watch) => `${JSON.stringify(watch)}\n`)
      .join(''),
};

function curlCommand({ id, body }: Identified): string {
  // ids hold only letters, digits, _ . and -: escaped for the address, they hold nothing that the
  // shell would read in double quotes
  const address = `"$ELASTICSEARCH_URL/_watcher/watch/${urlPart(id)}"`;
  return (
    `curl -X PUT ${address} -H 'Content-Type: application/json' -d ` +
    `${shellQuoted(JSON.stringify(body))}\n`
  );
}

export const curlFormat: TargetFormat = {
  name: 'curl',
  description: 'a curl command a watch; $ELASTICSEARCH_URL names the server',
  extension: 'sh',
  print: (entries, among = entries) => identified(entries, among).map(curlCommand).join(''),
};
