import { isAskedIn, ruleLinesIn } from '../../../pack/graylog/ingest/rule-line.ts';
import { firstFew } from '../../../source/plural.ts';
import { isRecord, valueText } from '../../../source/record.ts';
import type { InstallObject } from '../../plan.ts';
import type { ContentPack } from '../content-pack-model.ts';
import { titlesOf, valuesOf } from '../streams.ts';

export type TextKind = 'pipeline_rule' | 'pipeline';

/** A pipeline rule or a pipeline of a pack. */
export interface WantedText {
  readonly kind: TextKind;
  /** The same from version to version: its title without the digest. */
  readonly key: string;
  /** Unique on a server, and another one for another source. */
  readonly title: string;
  readonly description: string;
  readonly source: string;
  /** Titles of the streams that a pipeline is connected to. */
  readonly streams: readonly string[];
  readonly object: InstallObject;
}

export const isText = (type: string): type is TextKind =>
  type === 'pipeline_rule' || type === 'pipeline';

/**
 * Whether all rules of a pack depend on a text, so that it works only as the pack has it: pipelines
 * name rules by their version, and what is not of certain Sigma rules prepares or makes hits of
 * all.
 */
export const isForAllRules = ({ kind, description }: WantedText): boolean =>
  kind === 'pipeline' || ruleLinesIn(description).length === 0;

/** Whether a pack tests messages at ingest. */
export const hasPipelines = ({ entities }: ContentPack): boolean =>
  entities.some(({ type }) => isText(type.name));

/** The pipelines and pipeline rules of a pack. */
export function wantedTexts(pack: ContentPack): readonly WantedText[] {
  if (!hasPipelines(pack)) return [];
  const titles = titlesOf(pack, { streams: new Map(), parameters: valuesOf(pack) });
  const keys = new Map<string, number>();
  return pack.entities.flatMap(({ type: { name: kind }, data }): WantedText[] => {
    if (!isText(kind)) return [];
    const [title, description, source] = [data.title, data.description, data.source].map(textOf);
    if (title === undefined || description === undefined || source === undefined) return [];
    const label = `${kind} ${labelOf(title)}`;
    const same = (keys.get(label) ?? 0) + 1;
    keys.set(label, same);
    const key = same === 1 ? label : `${label} #${same}`;
    const connected: readonly unknown[] =
      kind === 'pipeline' && Array.isArray(data.connected_streams) ? data.connected_streams : [];
    const streams = connected.map((one) => titles.get(textOf(one) ?? '') ?? valueText(textOf(one)));
    const text = { kind, key, title, description, source, streams };
    return [{ ...text, object: textObject(text) }];
  });
}

/** Texts of versions of a pack that the wanted one lacks, each once. */
export function goneTexts(
  known: readonly ContentPack[],
  wanted: readonly WantedText[],
): readonly WantedText[] {
  const nameOf = ({ kind, title }: WantedText): string => `${kind} ${title}`;
  const gone = new Map(known.flatMap(wantedTexts).map((one) => [nameOf(one), one]));
  for (const one of wanted) gone.delete(nameOf(one));
  return [...gone.values()];
}

const textOf = (reference: unknown): string | undefined =>
  isRecord(reference) && typeof reference['@value'] === 'string' ? reference['@value'] : undefined;

/** A text as a pack wants it, or as a server has it: then with its own source and streams. */
export const textObject = ({
  kind,
  key,
  title,
  description,
  source,
  streams,
}: Omit<WantedText, 'object'>): InstallObject => ({
  tests: new Map(
    ruleLinesIn(kind === 'pipeline' ? '' : description)
      .filter((line) => isAskedIn(source, line))
      .map((line) => [line.id, line.title]),
  ),
  key,
  name:
    `${kind === 'pipeline' ? 'pipeline' : 'pipeline rule'} ${JSON.stringify(labelOf(title))}` +
    ruleNames(kind, description),
  fields: new Map([
    ['source', kind === 'pipeline' ? comparablePipeline(source) : bodyOf(source)],
    ...(kind === 'pipeline' ? [['streams', JSON.stringify([...streams].sort())] as const] : []),
  ]),
});

/** Sigma rules that a line of a plan names, of hundreds that a pipeline rule may have. */
const namedRules = 3;

/** The Sigma rules in a pipeline rule. */
function ruleNames(kind: TextKind, description: string): string {
  if (kind === 'pipeline') return '';
  const names = ruleLinesIn(description).map(({ title }) => title);
  return names.length === 0 ? '' : ` (${firstFew(names, namedRules, '; ')})`;
}

const labelOf = (title: string): string => title.replace(/ [0-9a-f]{8}$/, '');

const header = /^\s*(?:rule|pipeline)\s+"(?:[^"\\]|\\.)*"/;

/** A source without its name. */
const bodyOf = (source: string): string => source.replace(header, '').trim();

/** The same body under another name. */
export const renamed = (source: string, title: string): string =>
  source.replace(header, () => `rule ${JSON.stringify(title)}`);

/** Without the digests of its rules: what became of these is said with the rules. */
const comparablePipeline = (source: string): string =>
  bodyOf(source).replace(/( rule "(?:[^"\\]|\\.)*?) [0-9a-f]{8}"/g, '$1"');
