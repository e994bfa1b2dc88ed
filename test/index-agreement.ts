import { expect } from 'vitest';
import { loadPipelines } from '../src/cli/project/pipeline-files.ts';
import type { Event } from '../src/match/event.ts';
import { createRuleIndex, type IndexedRule } from '../src/match/index/rule-index.ts';
import { matcherOf } from '../src/match/matcher.ts';
import { createTargetCompiler } from '../src/pipeline/run/target-compiler.ts';
import type { Query } from '../src/query/tree.ts';
import type { Collection } from '../src/sigma/collection/collection.ts';
import type { Pattern } from '../src/sigma/value/pattern.ts';
import { createBag } from '../src/source/diagnostic.ts';
import { valueIfOk } from './result.ts';

export interface IndexedBothWays extends IndexedRule {
  /** For events of Sysmon and of the event log. */
  readonly processed: Query;
  readonly ruleId: string | undefined;
}

/** The detections of a collection. */
export function indexable(
  collection: Collection,
  placeholders: ReadonlyMap<string, readonly Pattern[]>,
): readonly IndexedBothWays[] {
  const bag = createBag();
  const pipelines = new Map([['splunk', loadPipelines(['windows-sysmon'], '.', bag)]]);
  const { compile } = createTargetCompiler({ collection, placeholders, bag, pipelines });
  return collection.rules.flatMap((rule): IndexedBothWays[] => {
    const made = compile(rule);
    const processed = valueIfOk(made?.forTarget('splunk'))?.compiled;
    if (made?.written.kind !== 'detection' || processed?.kind !== 'detection') return [];
    return [
      {
        id: `${rule.file.path}: ${rule.title}`,
        query: made.written.query,
        processed: processed.query,
        ruleId: rule.id,
      },
    ];
  });
}

/**
 * Expects the index of the rules to name for each event the rules that match it one by one; how
 * many that were.
 */
export function expectAgreement(rules: readonly IndexedRule[], events: readonly Event[]): number {
  const index = createRuleIndex(rules);
  const matchers = rules.flatMap(({ id, query }) => {
    const made = matcherOf(query);
    return made.ok ? [{ id, matches: made.value }] : [];
  });
  expect(index.unmatchable.length).toBe(rules.length - matchers.length);
  let found = 0;
  for (const event of events) {
    const ids = index.matchesOf(event);
    found += ids.length;
    expect(ids).toEqual(matchers.flatMap(({ id, matches }) => (matches(event) ? [id] : [])));
  }
  return found;
}
