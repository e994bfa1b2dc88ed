import type { Conversion } from '../backend/backend.ts';
import type { RegisteredTarget } from '../backend/registry.ts';
import type { ConvertedRule } from '../backend/target.ts';
import { attackReferences } from '../pack/model/attack-tags.ts';
import type { AttackReferences } from '../pack/model/detection.ts';
import { type CompiledRule, logSourcesOf } from '../query/compile.ts';
import { isoDate } from '../sigma/rule/head.ts';
import { describeLogSource } from '../sigma/rule/reader.ts';
import type { RuleHead } from '../sigma/rule/rule.ts';
import { type Link, tacticLinks, techniqueLinks, triggerLinks } from './attack-links.ts';
import type { ConditionPart } from './condition/condition-part.ts';
import { conditionParts } from './condition/condition-parts.ts';
import { correlationSentence } from './condition/correlation-sentence.ts';
import { dataNeeded } from './data-needed.ts';
import { safeUrl } from './escape.ts';

/** The content of a rule's page, before it is Markdown or HTML. */
export interface RulePage {
  readonly title: string;
  /** File name without the extension, unique in the site. */
  readonly slug: string;
  readonly rows: readonly PageRow[];
  /** The id of the rule; empty if it has none. So are the dates and the licence. */
  readonly id: string;
  /** As `2017-05-15`, however the rule writes it. */
  readonly date: string;
  readonly modified: string;
  readonly license: string;
  /** `windows/process_creation`; of a correlation, those of its rules. */
  readonly logSources: readonly string[];
  /** Undefined for a correlation, and for a condition that holds always or never. */
  readonly condition?: ConditionPart;
  /** What a correlation counts, in a sentence. */
  readonly correlation?: string;
  /** The rule as written, without line breaks at the end. */
  readonly source: string;
  readonly sections: readonly TargetSection[];
}

export interface PageRow {
  readonly name: string;
  /** Either a text or the entries of a list. */
  readonly text?: string;
  readonly items?: readonly Link[];
}

export interface TargetSection {
  readonly name: string;
  readonly description: string;
  /** Empty if the target refuses the rule. */
  readonly query: string;
  /** Why there is no query, or what to know about the one above. */
  readonly diagnostics: readonly string[];
}

export interface PageQuery extends ConvertedRule {
  /** What the product does with the query, in a sentence; undefined if it only searches. */
  readonly use?: string;
}

export type Convert = (target: RegisteredTarget, compiled: CompiledRule) => Conversion<PageQuery>;

/** Sections in this order; other targets follow in theirs. */
const sectionOrder: readonly string[] = [
  'es-qs',
  'xpack-watcher',
  'graylog',
  'splunk',
  'logpoint',
  'grep',
];

/** The targets in the order of the sections. */
export function inSectionOrder(targets: readonly RegisteredTarget[]): readonly RegisteredTarget[] {
  const rank = ({ name }: RegisteredTarget): number =>
    sectionOrder.includes(name) ? sectionOrder.indexOf(name) : sectionOrder.length;
  return [...targets].sort((a, b) => rank(a) - rank(b));
}

/** `targets` in the order of the sections. */
export function rulePage(
  compiled: CompiledRule,
  slug: string,
  targets: readonly RegisteredTarget[],
  convert: Convert,
): RulePage {
  const { rule } = compiled;
  return {
    title: oneLine(rule.title),
    slug,
    rows: factRows(rule, attackReferences(rule.tags), dataNeeded(compiled)),
    id: rule.id ?? '',
    date: isoDate(rule.date) ?? rule.date ?? '',
    modified: isoDate(rule.modified) ?? rule.modified ?? '',
    license: rule.license ?? '',
    logSources: [...new Set(logSourcesOf(compiled).map(describeLogSource))],
    ...meaningOf(compiled),
    source: sourceOf(rule),
    sections: targets.map((target) => section(target, compiled, convert)),
  };
}

function meaningOf(compiled: CompiledRule): Pick<RulePage, 'condition' | 'correlation'> {
  if (compiled.kind === 'correlation') return { correlation: correlationSentence(compiled.rule) };
  const condition = conditionParts(compiled.query);
  return condition ? { condition } : {};
}

export function factRows(
  rule: CompiledRule['rule'],
  attack: AttackReferences,
  needed: readonly string[],
): readonly PageRow[] {
  return [
    { name: 'Title', text: rule.title },
    { name: 'Description', text: rule.description ?? '' },
    { name: 'ATT&CK Tactic', items: tacticLinks(attack) },
    { name: 'ATT&CK Technique', items: techniqueLinks(attack) },
    { name: 'Data Needed', items: needed.map(plain) },
    { name: 'Trigger', items: triggerLinks(attack) },
    { name: 'Severity Level', text: rule.level ?? '' },
    { name: 'False Positives', items: rule.falsepositives.map(plain) },
    { name: 'Development Status', text: rule.status ?? '' },
    {
      name: 'References',
      items: rule.references.map((reference) => ({
        text: reference,
        url: safeUrl(reference) ?? '',
      })),
    },
    { name: 'Author', text: rule.author ?? '' },
  ];
}

const plain = (text: string): Link => ({ text, url: '' });

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** The whole file, with comments at its start, unless it has other documents too. */
export function sourceOf({ file, span }: Pick<RuleHead, 'file' | 'span'>): string {
  const hasReturns = file.text.includes('\r');
  const alone = !file.text.includes('\n---') && !(hasReturns && file.text.includes('\r---'));
  const text = alone ? file.text : file.text.slice(span.start, span.end);
  // a file with the line breaks of Windows gives the same page
  const lines = hasReturns ? text.replace(/\r\n?/g, '\n') : text;
  return lines.replace(/^(?:[ \t]*\n)+/, '').trimEnd();
}

function section(
  target: RegisteredTarget,
  compiled: CompiledRule,
  convert: Convert,
): TargetSection {
  const { name, description } = target;
  const conversion = convert(target, compiled);
  if (!conversion.ok) {
    const diagnostics = conversion.error.map(({ message, hint }) => diagnosticText(message, hint));
    return { name, description, query: '', diagnostics };
  }
  const { value, diagnostics } = conversion;
  const query = target.formats[0].print([{ rule: compiled.rule, converted: value }]).trimEnd();
  const notes = diagnostics.map(({ message }) => diagnosticText(message));
  return {
    name,
    description,
    query,
    diagnostics: value.use === undefined ? notes : [oneLine(value.use), ...notes],
  };
}

/** A message and its hint as sentences on one line. */
export const diagnosticText = (message: string, hint?: string): string =>
  oneLine(hint === undefined ? sentence(message) : `${sentence(message)} ${hint}`);

const sentence = (message: string): string =>
  `${message.charAt(0).toUpperCase()}${message.slice(1)}${/[.!?]$/.test(message) ? '' : '.'}`;
