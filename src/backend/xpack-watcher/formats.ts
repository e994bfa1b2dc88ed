import type { RuleHead } from '../../sigma/rule.ts';
import type { ConvertedEntry, TargetFormat } from '../target.ts';

/** The id under which a watch is stored: the rule's, or its title's letters and digits. No blanks, which Watcher refuses. */
export function watchId({ id, title }: Pick<RuleHead, 'id' | 'title'>): string {
  const slug = (text: string) =>
    text
      .normalize('NFC')
      .replace(/[^\p{L}\p{N}_.-]+/gu, '-')
      .replace(/^[-.]+|[-.]+$/g, '');
  return (id === undefined ? '' : slug(id)) || slug(title.toLowerCase()) || 'sigma-rule';
}

const identified = ({ rule, converted }: ConvertedEntry): object => ({ id: watchId(rule), body: converted.document });

export const watchFormat: TargetFormat = {
  name: 'json',
  description: 'the body of a watch; several: a JSON array with id and body of each',
  extension: 'json',
  print: (entries) => {
    const [only] = entries;
    return `${JSON.stringify(only && entries.length === 1 ? only.converted.document : entries.map(identified), null, 2)}\n`;
  },
};

export const watchLinesFormat: TargetFormat = {
  name: 'ndjson',
  description: 'id and body of each watch, one JSON object a line',
  extension: 'ndjson',
  print: (entries) => entries.map((entry) => `${JSON.stringify(identified(entry))}\n`).join(''),
};

/** In single quotes a POSIX shell reads everything but the quote itself as it stands. */
const shellQuoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

function curlCommand({ rule, converted }: ConvertedEntry): string {
  // ids hold letters, digits, _ . - alone: escaped for the address, nothing is left that the shell would read in double quotes
  const address = `"$ELASTICSEARCH_URL/_watcher/watch/${encodeURIComponent(watchId(rule).toWellFormed())}"`;
  return `curl -X PUT ${address} -H 'Content-Type: application/json' -d ${shellQuoted(JSON.stringify(converted.document))}\n`;
}

export const curlFormat: TargetFormat = {
  name: 'curl',
  description: 'a curl command a watch; $ELASTICSEARCH_URL names the server',
  extension: 'sh',
  print: (entries) => entries.map(curlCommand).join(''),
};
