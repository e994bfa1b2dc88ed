import { numberIn } from '../../jinja/number.ts';
import type { NamedGroups, PythonRegex } from '../../python-regex/regex.ts';
import type { SettledBody, SettledItem, SettledValue } from '../../query/settled.ts';
import type { Test } from '../../query/tree.ts';
import { parsePattern } from '../../sigma/value/pattern.ts';
import type { YamlMapping } from '../../source/yaml/tree.ts';
import type { Work } from '../../work/work.ts';
import { plainText } from '../conditions/value-match.ts';
import type { TransformationDefinition } from '../definition.ts';
import { isTrue, placeOf, textOf } from '../parameters.ts';
import type { ItemTransformation } from '../pipeline.ts';
import { PipelineError } from '../pipeline-error.ts';
import { regexOf } from '../regex-parameter.ts';
import { groupFor, textsOfItem } from './split-values.ts';

export const extractFieldsDefinitions = {
  extract_fields: {
    parameters: {
      regex: {
        type: 'string',
        description: "A regular expression of Python's `re` with named groups: (?P<name>...).",
      },
      field_prefix: {
        type: ['string', 'null'],
        description: 'Stands with a dot in front of the names of the groups.',
      },
      preserve_unmatched: { type: 'boolean', default: false },
    },
    required: ['regex'],
    create,
  },
} satisfies Readonly<Record<string, TransformationDefinition>>;

interface Extraction {
  readonly regex: PythonRegex;
  /** With its dot. */
  readonly prefix: string;
  readonly preserve: boolean;
}

function create(item: YamlMapping): ItemTransformation {
  const regex = regexOf(item, 'regex');
  if (regex.names.length === 0)
    throw new PipelineError(
      'the regular expression has no named group',
      placeOf(item, 'regex'),
      'Name what becomes a field: (?P<name>...).',
    );
  const prefix = textOf(item, 'field_prefix') ?? '';
  const extraction: Extraction = {
    regex,
    prefix: prefix === '' ? '' : `${prefix}.`,
    preserve: isTrue(item, 'preserve_unmatched'),
  };
  return { kind: 'item', apply: (settled, { work }) => extracted(settled, extraction, work) };
}

function extracted(item: SettledItem, extraction: Extraction, work: Work): SettledBody | undefined {
  const texts = textsOfItem(item);
  if (!texts) return undefined;
  const entries: SettledBody[] = [];
  for (const { value, test } of texts) {
    const groups = extraction.regex.namedGroups(plainText(test.pattern), work);
    if (groups) {
      const fields = fieldsOf(item, value, groups, extraction.prefix, test.cased);
      if (fields.length > 0) entries.push(groupFor(item, 'and', fields));
    } else if (extraction.preserve) entries.push({ ...item, values: [value] });
  }
  return entries.length === 0 ? undefined : groupFor(item, item.link, entries);
}

function fieldsOf(
  item: SettledItem,
  { span }: SettledValue,
  groups: NamedGroups,
  prefix: string,
  cased: boolean,
): readonly SettledItem[] {
  const fields: SettledItem[] = [];
  for (const [name, text] of groups) {
    // the group took no part, or matched nothing
    if (text === undefined || text === '') continue;
    fields.push({
      ...item,
      field: prefix + name,
      values: [{ tests: [testOf(text, cased)], absent: false, span }],
    });
  }
  return fields;
}

function testOf(text: string, cased: boolean): Test {
  const lower = text.toLowerCase();
  if (lower === 'null' || lower === 'none') return { kind: 'null' };
  // a text with leading zeros is not the number
  const value = text !== '0' && text.startsWith('0') ? undefined : numberIn(text);
  return value === undefined
    ? { kind: 'string', pattern: parsePattern(text), cased }
    : { kind: 'number', value };
}
