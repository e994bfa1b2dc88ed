import { spanOf } from '../../source/span.ts';
import { words } from '../../source/words.ts';
import type { YamlPair } from '../../source/yaml/tree.ts';
import { levelAliases, statusAliases } from './alias.ts';
import {
  keySpan,
  note,
  optionalChoice,
  optionalText,
  optionalTexts,
  type Reader,
  requiredText,
  textSpan,
  warn,
} from './attribute.ts';
import { reportSlips } from './attribute-name.ts';
import { levels, type RuleHead, statuses } from './rule.ts';
import { readTags } from './tag-reader.ts';

/** A date of the specification, `2024-01-31`, or as in older rules, `2024/01/31`. */
const datePattern = /^\d{4}([-/])(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])$/;

/** A date of a rule as `2024-01-31`; undefined for what is not a date. */
export const isoDate = (text: string | undefined): string | undefined =>
  text !== undefined && datePattern.test(text) ? text.replaceAll('/', '-') : undefined;

/** Attributes of Sigma that are read, or that nothing needs as they are written. */
const notKept = words(`
  title id name related status description license author references date modified logsource
  detection correlation fields falsepositives level tags
`);

const statusWords = {
  choices: statuses,
  aliases: statusAliases,
  otherwise: 'the detection has none, and is installed switched off by default',
};
const levelWords = {
  choices: levels,
  aliases: levelAliases,
  otherwise: 'the rule counts as medium',
};

/** Attributes that a rule may leave out. */
type Given = {
  -readonly [K in
    | 'id'
    | 'idSpan'
    | 'name'
    | 'nameSpan'
    | 'description'
    | 'author'
    | 'date'
    | 'modified'
    | 'license'
    | 'status'
    | 'level'
    | 'settings'
    | 'otherAttributes']?: NonNullable<RuleHead[K]>;
};

/** The attributes that detection and correlation rules share; undefined if there is no title. */
export function readHead(reader: Reader): RuleHead | undefined {
  const title = requiredText(reader, 'title');
  if (title === undefined) return undefined;
  if (title.length > 256)
    warn(
      reader,
      keySpan(reader, 'title'),
      `the title has ${title.length} characters; the specification allows 256`,
      'Shorten the title.',
    );
  reportSlips(reader);
  const given: Given = {};
  for (const name of [
    'id',
    'name',
    'description',
    'author',
    'date',
    'modified',
    'license',
  ] as const) {
    const text = name === 'author' ? authors(reader) : optionalText(reader, name);
    if (text !== undefined) given[name] = text;
  }
  for (const name of ['date', 'modified'] as const) {
    const text = given[name];
    if (text !== undefined && !datePattern.test(text))
      warn(
        reader,
        reader.attributes.get(name) ?? reader.anchor,
        `\`${text}\` is not a date`,
        'Write dates as YYYY-MM-DD.',
      );
  }
  const [idSpan, nameSpan] = [textSpan(reader, 'id'), textSpan(reader, 'name')];
  if (idSpan) given.idSpan = idSpan;
  if (nameSpan) given.nameSpan = nameSpan;
  const status = optionalChoice(reader, 'status', statusWords);
  const level = optionalChoice(reader, 'level', levelWords);
  const settings = reader.attributes.get('sigpack');
  if (status) given.status = status;
  if (level) given.level = level;
  if (settings?.kind === 'mapping') given.settings = settings;
  else if (settings) {
    reader.bag.add(reader.file, {
      code: 'SIG070',
      message: '`sigpack` must be a map of settings',
      span: settings,
    });
  }
  const otherAttributes = otherAttributesOf(reader);
  if (otherAttributes) given.otherAttributes = otherAttributes;
  return {
    file: reader.file,
    span: spanOf(reader.document),
    titleSpan: spanOf(reader.attributes.get('title') ?? reader.anchor),
    title: title.trim(),
    ...given,
    references: optionalTexts(reader, 'references'),
    tags: readTags(reader),
    falsepositives: optionalTexts(reader, 'falsepositives'),
    fields: optionalTexts(reader, 'fields'),
  };
}

function otherAttributesOf({ document }: Reader): readonly YamlPair[] | undefined {
  const others = document.pairs.filter(({ key }) => !notKept.has(key.text));
  return others.length > 0 ? others : undefined;
}

/** The authors. Sigma has them as one text, but many rules as a list. */
function authors(reader: Reader): string | undefined {
  const node = reader.attributes.get('author');
  if (node?.kind !== 'sequence') return optionalText(reader, 'author');
  const names = optionalTexts(reader, 'author').join(', ');
  if (names === '') return undefined;
  note(
    reader,
    keySpan(reader, 'author'),
    'the list of authors is read as one text',
    'Write the names as one text, with commas.',
  );
  return names;
}
