import { editDistance } from '../../source/nearest.ts';
import { type Span, spanOf } from '../../source/span.ts';
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
import { levels, type RuleHead, statuses } from './rule.ts';
import { canonicalTag, isTag, namesOfAttack } from './tag.ts';

/** A date of the specification, `2024-01-31`, or as in older rules, `2024/01/31`. */
export const datePattern = /^\d{4}([-/])(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])$/;

export const knownAttributes: ReadonlySet<string> = new Set(
  (
    'title id name related taxonomy status description license author references date ' +
    'modified logsource detection fields ' +
    'falsepositives level tags scope correlation filter generate sigpack'
  ).split(' '),
);
/** What {@link readHead} reads, except settings. */
const headAttributes: ReadonlySet<string> = new Set(
  (
    'title id name status description license author references date modified fields ' +
    'falsepositives level tags'
  ).split(' '),
);
const detectionAttributes: ReadonlySet<string> = new Set(['detection', 'logsource']);
/** Names close to a known attribute: most likely slips. */
const slips = new Map([
  ['reference', 'references'],
  ['tag', 'tags'],
  ['falsepositive', 'falsepositives'],
  ['false_positives', 'falsepositives'],
  ['condition', 'correlation.condition'],
  ['severity', 'level'],
  ['log_source', 'logsource'],
  ['logsources', 'logsource'],
  ['detections', 'detection'],
  ['timeframe', 'correlation.timespan'],
]);

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
        `\`${text}\` is no date`,
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

function otherAttributesOf({ document, attributes }: Reader): readonly YamlPair[] | undefined {
  const isCorrelation = attributes.has('correlation');
  const others = document.pairs.filter(
    ({ key: { text } }) =>
      !headAttributes.has(text) &&
      !(isCorrelation ? text === 'correlation' : detectionAttributes.has(text)),
  );
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

/**
 * The tags in Sigma's spelling, whatever their letter case and separators, so that others can
 * compare texts.
 */
function readTags(reader: Reader): readonly string[] {
  const entries = optionalTexts(reader, 'tags');
  if (entries.every(namesOfAttack)) return entries;
  const tags = entries
    .flatMap((entry) => entry.split(',').map((tag) => tag.trim()))
    .filter((tag) => tag !== '');
  if (tags.length > entries.length)
    note(
      reader,
      keySpan(reader, 'tags'),
      'tags with commas between them are read as several',
      'Write `tags` as a list.',
    );
  const placeOf = entryPlaces(reader, 'tags');
  return tags.map((tag) => {
    const meant = canonicalTag(tag) ?? tag;
    const place = placeOf(tag);
    if (!isTag(meant))
      warn(
        reader,
        place,
        `tag \`${tag}\` is not of the form namespace.name`,
        'Tags are lower case, such as attack.t1059.',
      );
    else if (meant.startsWith('attack.') && !namesOfAttack(meant))
      warn(
        reader,
        place,
        `tag \`${tag}\` names nothing of ATT&CK, and gives no mapping`,
        'Write a tactic or an id: attack.execution, attack.t1059.001.',
      );
    else if (meant !== tag)
      note(reader, place, `tag \`${tag}\` is read as \`${meant}\``, `Write \`${meant}\`.`);
    return meant;
  });
}

/** The first place of each text in a list. */
function entryPlaces(reader: Reader, name: string): (text: string) => Span {
  const node = reader.attributes.get(name);
  if (node?.kind !== 'sequence') return () => node ?? keySpan(reader, name);
  // a map, since lists of untrusted rules can be long
  const places = new Map<string, Span>();
  for (const item of node.items)
    if (item.kind === 'scalar' && !places.has(item.text)) places.set(item.text, item);
  return (text) => places.get(text) ?? keySpan(reader, name);
}

/**
 * The known attribute that a name is one slip away from. Rules may have custom attributes, so
 * `data` is not taken for `date`.
 */
function neighbour(name: string): string | undefined {
  const written = name.toLowerCase();
  for (const one of knownAttributes) {
    // a slip changes the length by one letter at most
    if (Math.abs(one.length - written.length) > 1 || editDistance(written, one) > 1) continue;
    if (
      one.length > 4 ||
      written === one ||
      (one.length === 4 && (written.length !== 4 || sorted(written) === sorted(one)))
    )
      return one;
  }
  return undefined;
}

const sorted = (text: string): string => [...text].sort().join('');

export function reportSlips(reader: Reader): void {
  for (const pair of reader.document.pairs) {
    const meant = knownAttributes.has(pair.key.text)
      ? undefined
      : (slips.get(pair.key.text.toLowerCase()) ?? neighbour(pair.key.text));
    // the reader of detections reports a condition outside of them with more detail
    if (!meant || (pair.key.text === 'condition' && !reader.attributes.has('correlation')))
      continue;
    reader.bag.add(reader.file, {
      code: 'SIG016',
      message: `\`${pair.key.text}\` is no attribute of Sigma`,
      span: pair.key,
      hint: `Did you mean \`${meant}\`?`,
    });
  }
}
