import type { Render } from '../../pack/render/template.ts';
import { exactPieces } from '../../source/visible.ts';
import type { ConditionPart } from '../condition/condition-part.ts';
import type { PageRow, RulePage, TargetSection } from '../rule-page.ts';
import type { Relations } from './relations.ts';
import type { RuleRecord } from './rule-record.ts';
import { sigmaTokens } from './sigma-tokens.ts';

/** What the HTML page has beyond the Markdown page. */
export interface RuleHtmlInput {
  readonly page: RulePage;
  readonly siteTitle: string;
  readonly relations: Relations;
  readonly record: RuleRecord;
  /** File name of the page of a log source, without the extension. */
  readonly sourceSlug: (title: string) => string | undefined;
  /** Names of targets whose queries come first, in this order. */
  readonly first: readonly string[];
}

/** The page as HTML, from `rule.html.hbs`, which escapes every text. */
export function ruleHtml(input: RuleHtmlInput, render: Render): string {
  const { page, siteTitle, relations, record, first, sourceSlug } = input;
  const rowOf = (name: string): PageRow | undefined => page.rows.find((row) => row.name === name);
  const textOf = (name: string): string => (rowOf(name)?.text ?? '').trim();
  const itemsOf = (name: string) => rowOf(name)?.items ?? [];
  const sections = ordered(page.sections, first);
  return render('rule.html', {
    siteTitle,
    title: page.title,
    slug: page.slug,
    description: textOf('Description'),
    level: textOf('Severity Level'),
    status: textOf('Development Status'),
    rows: page.rows.map(({ name, text = '', items }) => ({
      name,
      text: text.trim(),
      isList: items !== undefined,
      items: items ?? [],
    })),
    tactics: itemsOf('ATT&CK Tactic'),
    techniques: itemsOf('ATT&CK Technique'),
    triggers: itemsOf('Trigger'),
    dataNeeded: itemsOf('Data Needed'),
    falsePositives: itemsOf('False Positives'),
    references: itemsOf('References'),
    logSources: page.logSources.map((text) => ({ text, slug: sourceSlug(text) ?? '' })),
    facts: factsOf(page, record),
    correlation: page.correlation ?? false,
    condition: page.condition ? nodeOf(page.condition) : false,
    source: page.source,
    lines: sigmaTokens(page.source).map((tokens) => ({
      tokens: tokens.flatMap(({ kind, text }) =>
        exactPieces(text).map((piece) => ({ kind, ...piece })),
      ),
    })),
    sourceUrl: record.sourceUrl ?? '',
    playground: record.playground ?? '',
    entities: (record.entities ?? []).join(', '),
    suppression: record.suppression ?? '',
    remediation: (relations.alerts && record.remediation) || '',
    alerts: relations.alerts,
    hasRecord: record.entities !== undefined,
    tests: (record.tests ?? []).map(({ name, expectation, passed }) => ({
      name,
      expectation,
      outcome: passed ? 'passed' : 'failed',
    })),
    related: relations.named,
    correlations: relations.correlations,
    parts: relations.parts,
    neighbours: relations.techniques
      .filter(({ rules }) => rules.length > 0)
      .map((technique) => ({ ...technique, more: technique.total - 1 - technique.rules.length })),
    sections: sections.map((section) => ({ ...section, tokens: exactPieces(section.query) })),
  });
}

/** The chosen targets first, the others in their order. */
function ordered(
  sections: readonly TargetSection[],
  first: readonly string[],
): readonly TargetSection[] {
  const rank = ({ name }: TargetSection): number => {
    const at = first.indexOf(name);
    return at === -1 ? first.length : at;
  };
  return sections.toSorted((a, b) => rank(a) - rank(b));
}

interface Fact {
  readonly name: string;
  readonly text: string;
}

const factsOf = (page: RulePage, record: RuleRecord): readonly Fact[] =>
  [
    { name: 'Id', text: page.id },
    { name: 'Author', text: (page.rows.find(({ name }) => name === 'Author')?.text ?? '').trim() },
    { name: 'Written', text: page.date },
    { name: 'Modified', text: page.modified },
    { name: 'Licence', text: page.license },
    { name: 'In the pack since', text: record.added ?? '' },
    { name: 'Last changed in', text: record.changed ?? '' },
    { name: 'File', text: record.path ?? '' },
  ].filter(({ text }) => text !== '');

/** A part of the condition as the template takes it: Handlebars has no test for a kind. */
interface ConditionNode {
  readonly heading: string;
  readonly isTest: boolean;
  readonly field: string;
  readonly operation: string;
  readonly values: readonly string[];
  readonly parts: readonly ConditionNode[];
}

const headings = { all: 'All of', any: 'Any of', none: 'None of' } as const;

function nodeOf(part: ConditionPart): ConditionNode {
  if (part.kind !== 'test') {
    const [only] = part.parts;
    const heading =
      part.kind === 'none' && part.parts.length === 1 && only ? 'Not' : headings[part.kind];
    return { ...empty, heading, parts: part.parts.map(nodeOf) };
  }
  const { field, operation, values, link } = part;
  const many = values.length > 1 ? (link === 'all' ? ' all of' : ' any of') : '';
  return {
    ...empty,
    isTest: true,
    field: field ?? 'Any field',
    operation: `${operation}${many}`,
    values,
  };
}

const empty: ConditionNode = {
  heading: '',
  isTest: false,
  field: '',
  operation: '',
  values: [],
  parts: [],
};
