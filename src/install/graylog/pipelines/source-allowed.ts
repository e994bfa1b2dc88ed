import { jsonOf } from '../../../source/json.ts';
import { isRecord, valueText } from '../../../source/record.ts';
import type { JsonObject } from '../../plan.ts';

/** Functions of the rule language that builds write: none of them loses or moves a message. */
const functions: ReadonlySet<string> = new Set(
  `base16_encode cidr_match concat contains create_message ends_with first_non_null has_field
  key_value lowercase regex regex_replace remove_multiple_fields replace route_to_stream set_field
  set_fields split starts_with string_array_add to_date to_double to_ip to_string`.split(/\s+/),
);

/**
 * Strings, names in backticks and comments: in none of them is a function called. One that is not
 * closed takes the rest.
 */
const texts = /"(?:[^"\\]|\\[\s\S])*(?:"|\\?$)|`[^`]*(?:`|$)|\/\/[^\r\n]*|\/\*[\s\S]*?(?:\*\/|$)/g;

/** Characters: builds write sources of some ten thousand. */
const longestSource = 4 * 1024 * 1024;

/** Whether a text of `texts` ends where it should. */
const isClosed = (text: string): boolean =>
  text.startsWith('//') || /^(?:"(?:[^"\\]|\\[\s\S])*"|`[^`]*`|\/\*[\s\S]*\*\/)$/.test(text);

/**
 * Why a build did not write the source of a pipeline rule or a pipeline; undefined: it may have.
 * `streams`: titles of the streams that hits may be put in; `rules`: titles of the pack's rules.
 */
export function sourceError(
  kind: string,
  data: JsonObject,
  streams: ReadonlySet<string>,
  rules: ReadonlySet<string>,
): string | undefined {
  const [title, source] = [data.title, data.source].map((one) =>
    isRecord(one) ? valueText(one['@value']) : '',
  );
  if (title === undefined || source === undefined || !/^\S+ \S/.test(title))
    return 'has a title that no build of Sigpack writes';
  if (source.length > longestSource) return 'has a source that is longer than Sigpack writes';
  const isPipeline = kind === 'pipeline';
  if (!source.startsWith(`${isPipeline ? 'pipeline' : 'rule'} ${JSON.stringify(title)}\n`))
    return 'has another name in its source';
  return isPipeline ? pipelineError(source, rules) : ruleError(source, streams);
}

function pipelineError(source: string, rules: ReadonlySet<string>): string | undefined {
  const [, ...lines] = source.trimEnd().split('\n');
  const end = lines.pop();
  const other = lines.find((line) => {
    if (/^stage -?\d{1,6} match (?:all|either|pass)$/.test(line)) return false;
    const name = /^ *rule ("(?:[^"\\]|\\.)*");$/.exec(line)?.[1];
    return name === undefined || !rules.has(valueText(jsonOf(name)));
  });
  if (other === undefined && end === 'end') return undefined;
  const line = JSON.stringify((other ?? end ?? '').slice(0, 120));
  return `has in its source ${line}, which no build of Sigpack writes`;
}

function ruleError(source: string, streams: ReadonlySet<string>): string | undefined {
  const strings: string[] = [];
  // a string is its number there, so that what it holds is not taken for what is called
  const code = source.replace(texts, (text) => {
    if (!isClosed(text)) return '"';
    if (text.startsWith('/')) return ' ';
    return text.startsWith('"') ? `"${strings.push(text) - 1}"` : '``';
  });
  // a name in backticks may be that of a function, and what is left of a text hides what follows
  if (/`\s*\(|["'`]/.test(code.replace(/``(?!\s*\()|"\d+"/g, '')))
    return 'has texts that no build of Sigpack writes';
  const called = calledIn(code);
  const unknown = called.find(
    (name) => !functions.has(name) && !/^(?:and|or|not|when|then)$/i.test(name),
  );
  if (unknown !== undefined) return `calls ${unknown}, which no build of Sigpack writes`;
  for (const { name, form, holds, error } of limited) {
    const calls = called.filter((one) => one === name).length;
    const written = [...code.matchAll(form)].filter(([, ...numbers]) => {
      const [number] = numbers.filter((one) => one !== undefined);
      return number === undefined || holds(strings[Number(number)] ?? '', streams);
    });
    if (written.length !== calls) return error;
  }
  return undefined;
}

/** A function that is only called in certain forms. */
interface Limited {
  readonly name: string;
  /** Its groups: numbers of strings, at most one of which takes part. */
  readonly form: RegExp;
  /** Whether the string may be there. */
  readonly holds: (text: string, streams: ReadonlySet<string>) => boolean;
  readonly error: string;
}

const isOwnField = (text: string): boolean => /^"sig(?:ma|pack)_/.test(text);
const sets = 'sets fields that are not those of Sigpack';

const limited: readonly Limited[] = [
  {
    name: 'route_to_stream',
    form: /\broute_to_stream\(name: "(\d+)", message: m\b/g,
    holds: (text, streams) => streams.has(valueText(jsonOf(text))),
    error: 'puts messages in a stream that is not that of the pack',
  },
  {
    // all temporary fields of a pack, or one of them
    name: 'remove_multiple_fields',
    form: /\bremove_multiple_fields\((?:pattern: "(\d+)"|names: \["(\d+)"\])\)/g,
    holds: (text) => /^"sigpack_(?:\w+|\(\?:level_\|[0-9a-f]+\)\.\*)"$/.test(text),
    error: 'removes fields that are not those of Sigpack',
  },
  {
    // of the message a field of Sigpack's, or any of the hit: the names of most are variables
    name: 'set_field',
    form: /\bset_field\((?:"(\d+)"|field: (?:"\d+"|c\d+), value: [^;\n]*, message: m\);)/g,
    holds: isOwnField,
    error: sets,
  },
  {
    name: 'set_fields',
    form: /\bset_fields\(fields: [^;\n]*, (?:prefix: "(\d+)"|message: m)\);/g,
    holds: isOwnField,
    error: sets,
  },
];

/** Names before parentheses. A word is read whole: long ones would be read again at each letter. */
const calledIn = (code: string): readonly string[] =>
  [...code.matchAll(/([A-Za-z0-9_]+)(\s*\()?/g)].flatMap(([, word = '', call]) => {
    const name = word.replace(/^\d+/, '');
    return call === undefined || name === '' ? [] : name;
  });
