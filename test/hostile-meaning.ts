import { graylogQueries } from '../src/backend/graylog/graylog.ts';
import { graylogDefaults } from '../src/backend/graylog/settings.ts';
import { splunkSearch } from '../src/backend/splunk/splunk.ts';
import type { CompiledDetection, CompiledRule } from '../src/query/compile.ts';
import { type Item, itemsOf, type Query } from '../src/query/tree.ts';
import { ANY, ONE } from '../src/sigma/value/pattern.ts';
import { bare, wellFormed } from './escape-values.ts';
import { compileSpl } from './judges/spl/spl.ts';
import { type LuceneEvent, readLucene } from './lucene-reader.ts';
import { matches } from './matcher.ts';
import { mutations } from './mutations.ts';

export interface Compared {
  readonly messages: readonly string[];
  /** Events found that were to be found. */
  readonly hits: { splunk: number; graylog: number };
}

/** Whether a target is known to be wrong about an event. */
type IsKnown = (target: 'splunk' | 'graylog', query: Query, event: LuceneEvent) => boolean;

/**
 * Runs each rule's queries by their readers over events made of the rule's own values, and near
 * misses of them.
 */
export function disagreements(
  rules: readonly CompiledRule[],
  isKnown: IsKnown = () => false,
): Compared {
  const messages: string[] = [];
  const hits = { splunk: 0, graylog: 0 };
  for (const rule of rules) {
    if (rule.kind !== 'detection' || rule.rule.file.text.length > 500_000) continue;
    // what JavaScript reads otherwise than PCRE is not a matter of escapes
    if ([...itemsOf(rule.query)].some(({ test }) => test.kind === 'regex' && test.source !== 'z+'))
      continue;
    const events = eventsOf(rule.query);
    messages.push(
      ...splunkFaults(rule, events, hits, isKnown),
      ...graylogFaults(rule, events, hits, isKnown),
    );
  }
  return { messages, hits };
}

/** A text that the item finds. */
function textOf({ test }: Item): string {
  if (test.kind === 'string')
    return test.pattern
      .map((part) =>
        part === ANY ? '' : part === ONE ? 'q' : typeof part === 'string' ? part : '',
      )
      .join('');
  if (test.kind === 'number' || test.kind === 'boolean') return String(test.value);
  return test.kind === 'compare' ? '7' : 'zz';
}

function eventsOf(query: Query): readonly LuceneEvent[] {
  const items = [...itemsOf(query)].filter((item) => item.test.kind !== 'null').slice(0, 40);
  const whole: Record<string, string> = Object.create(null);
  for (const item of items) whole[item.field ?? 'Text'] ??= wellFormed(textOf(item));
  const single = items.map((item) => ({
    ...whole,
    [item.field ?? 'Text']: wellFormed(
      item.field === undefined ? `a ${textOf(item)} b` : textOf(item),
    ),
  }));
  const near = [whole, ...single.slice(0, 10)].flatMap(
    (event) => mutations(event, query) as readonly LuceneEvent[],
  );
  return [whole, ...single, ...near, { Unrelated: 'x' }].map(bare);
}

function splunkFaults(
  { rule, query }: CompiledDetection,
  plain: readonly LuceneEvent[],
  hits: Compared['hits'],
  isKnown: IsKnown,
): string[] {
  const conversion = splunkSearch(query, 'index=*', { cloudSafe: true });
  if (!conversion.ok) return [];
  const keywords = [...itemsOf(query)].some((item) => item.field === undefined);
  const events: readonly LuceneEvent[] = keywords
    ? plain.map((event) => ({ ...event, _raw: Object.values(event).join('\n') }))
    : plain;
  const wanted = new Set(events.filter((event) => matches(query, event)));
  hits.splunk += wanted.size;
  return (['unknown', 'false'] as const).flatMap((nulls) => {
    const found: ReadonlySet<unknown> = new Set(
      compileSpl(conversion.value, { nulls }).run(events),
    );
    const wrong = events.find(
      (event) => found.has(event) !== wanted.has(event) && !isKnown('splunk', query, event),
    );
    return wrong
      ? [
          `${rule.title}: ${JSON.stringify(wrong)} is ${wanted.has(wrong) ? 'not ' : ''}found by ${conversion.value}`,
        ]
      : [];
  });
}

/** Fields are stored whole here; what Graylog says it widens is left out. */
function graylogFaults(
  { rule, query }: CompiledDetection,
  plain: readonly LuceneEvent[],
  hits: Compared['hits'],
  isKnown: IsKnown,
): string[] {
  const conversion = graylogQueries(
    query,
    { file: rule.file, span: rule.span },
    { ...graylogDefaults, textFields: [] },
  );
  if (!conversion.ok || conversion.diagnostics.some(({ code }) => code === 'TGT002')) return [];
  const events = plain.filter(
    (event) => event._raw === undefined && Object.values(event).every((value) => value !== ''),
  );
  const queries = conversion.value.map(readLucene);
  const wrong = events.find((event) => {
    const wanted = matches(query, event);
    if (wanted) hits.graylog++;
    return (
      queries.some((one) => one.matches(event)) !== wanted && !isKnown('graylog', query, event)
    );
  });
  return wrong
    ? [
        `${rule.title}: ${JSON.stringify(wrong)} is ${matches(query, wrong) ? 'not ' : ''}found by ${conversion.value.join('\n')}`,
      ]
    : [];
}
