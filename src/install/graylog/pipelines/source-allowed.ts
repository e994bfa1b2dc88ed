import { jsonOf } from '../../../source/json.ts';
import { isRecord } from '../../../source/record.ts';
import type { JsonObject } from '../../plan.ts';

/** Functions of the rule language that builds write: none of them loses or moves a message. */
const functions: ReadonlySet<string> = new Set(
  `base16_encode cidr_match concat contains create_message ends_with first_non_null has_field
  key_value lowercase regex regex_replace remove_multiple_fields replace route_to_stream set_field
  set_fields split starts_with string_array_add to_date to_double to_ip to_string`.split(/\s+/),
);

/** Strings, names in backticks and comments: in none of them is a function called. */
const texts = /"(?:[^"\\]|\\[\s\S])*"|`[^`]*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;

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
    isRecord(one) ? String(one['@value']) : '',
  );
  if (title === undefined || source === undefined || !/^\S+ \S/.test(title))
    return 'has a title that no build of Sigpack writes';
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
    return name === undefined || !rules.has(String(jsonOf(name)));
  });
  if (other === undefined && end === 'end') return undefined;
  const line = JSON.stringify((other ?? end ?? '').slice(0, 120));
  return `has in its source ${line}, which no build of Sigpack writes`;
}

function ruleError(source: string, streams: ReadonlySet<string>): string | undefined {
  const code = source.replace(texts, (text) => spaceFor(text));
  // a name in backticks may be that of a function, and what is left of a text hides what follows
  if (/`\s*\(|["'`]/.test(code.replace(/``(?!\s*\()|""/g, '')))
    return 'has texts that no build of Sigpack writes';
  const called = [...code.matchAll(/([A-Za-z_][A-Za-z0-9_]*)\s*\(/g)].map(([, name = '']) => name);
  const unknown = called.find(
    (name) => !functions.has(name) && !/^(?:and|or|not|when|then)$/i.test(name),
  );
  if (unknown !== undefined) return `calls ${unknown}, which no build of Sigpack writes`;
  const routes = called.filter((name) => name === 'route_to_stream').length;
  const named = [...source.matchAll(/\broute_to_stream\(name: ("(?:[^"\\]|\\.)*"), message: m\b/g)];
  if (routes !== named.length || named.some(([, name = '']) => !streams.has(String(jsonOf(name)))))
    return 'puts messages in a stream that is not that of the pack';
  const removed = called.filter((name) => name === 'remove_multiple_fields').length;
  if (removed !== [...source.matchAll(ownRemoval)].length)
    return 'removes fields that are not those of Sigpack';
  const fields = called.filter((name) => name === 'set_field').length;
  return fields === [...source.matchAll(ownField)].length
    ? undefined
    : 'sets fields that are not those of Sigpack';
}

/** Of all temporary fields of a pack, and of one of them. */
const ownRemoval = new RegExp(
  `\\bremove_multiple_fields\\((?:${[
    String.raw`pattern: "sigpack_\(\?:level_\|[0-9a-f]+\)\.\*"`,
    String.raw`names: \["sigpack_\w+"\]`,
  ].join('|')})\\)`,
  'g',
);

/** Of the message a field of Sigpack's, or any of the hit: the names of most are variables. */
const ownField = new RegExp(
  `\\bset_field\\((?:${[
    '"sig(?:ma|pack)_',
    String.raw`field: (?:"(?:[^"\\]|\\.)*"|c\d+), value: [^;\n]*, message: m\);`,
  ].join('|')})`,
  'g',
);

const spaceFor = (text: string): string => {
  if (text.startsWith('/')) return ' ';
  return text.startsWith('"') ? '""' : '``';
};
