import { describe, expect, test } from 'vitest';
import type { TargetDiagnostic } from '../src/backend/backend.ts';
import {
  defaultTargetSettings,
  type RegisteredTarget,
  type TargetSettings,
} from '../src/backend/registry.ts';
import type { Event } from './judges/spl/value.ts';
import {
  type LuceneDocument,
  type LuceneQuery,
  readElasticsearch,
  readLucene,
} from './lucene-reader.ts';
import { matches } from './matcher.ts';
import { esQs, graylog, xpackWatcher } from './registered.ts';
import { askedDetections } from './rule-set-events.ts';
import { knownFaultsOf } from './rule-set-known.ts';
import { thorough } from './thoroughness.ts';

/** Fields are stored whole and with their case; a stream and an index narrow what rules search. */
const settings: TargetSettings = {
  ...defaultTargetSettings,
  graylog: { ...defaultTargetSettings.graylog, textFields: [], streams: ['Events'] },
  elasticsearch: {
    ...defaultTargetSettings.elasticsearch,
    matching: 'case-insensitive',
    index: 'events-*',
  },
};

/** With one of four of the changed events. */
const detections = askedDetections().map(({ entry, rule, events }) => {
  const own = entry.hits.length + entry.misses.length;
  return { entry, rule, events: events.filter((_, at) => thorough || at < own || at % 4 === 0) };
});
/** Events of other rules. */
const strangers = detections
  .filter((_, index) => index % 8 === 0)
  .flatMap(({ events }) => events.slice(0, 1));

const textsOf = (event: Event, keepEmpty: boolean): LuceneDocument =>
  Object.fromEntries(
    Object.entries(event).flatMap(([name, value]) => {
      const texts = [value ?? []].flat().map(String);
      const kept = keepEmpty ? texts : texts.filter((text) => text !== '');
      return kept.length === 0 ? [] : [[name, kept]];
    }),
  );

/** Says of itself that it finds more than the rule means. */
const isWidened = (diagnostics: readonly TargetDiagnostic[]): boolean =>
  diagnostics.some(({ code }) => code === 'TGT002');

interface Compared {
  readonly wrong: readonly string[];
  readonly refused: readonly string[];
  readonly knownUnused: readonly string[];
  readonly hits: number;
}

/** `keepEmpty`: the server stores empty texts. */
function compare(
  target: RegisteredTarget,
  keepEmpty: boolean,
  read: (text: string) => LuceneQuery,
): Compared {
  const refused: string[] = [];
  const known = knownFaultsOf(target.name);
  let hits = 0;
  const wrong = detections.flatMap(({ entry, rule, events: own }) => {
    const conversion = target.convert(rule, settings);
    if (!conversion.ok) {
      refused.push(entry.path);
      return conversion.error.every(({ code }) => code === 'TGT001' || code === 'TGT004')
        ? []
        : [`${entry.path}: refused without a reason`];
    }
    const queries = conversion.value.queries.map(read);
    return [...own, ...strangers].flatMap((event) => {
      const stored = textsOf(event, keepEmpty);
      const wanted = matches(rule.query, stored);
      if (wanted) hits++;
      const found = queries.some((query) => query.matches(stored));
      if (
        found === wanted ||
        (found && isWidened(conversion.diagnostics)) ||
        known.isKnown(rule.query, stored)
      )
        return [];
      return [
        `${entry.path}: ${wanted ? 'missed' : 'found'} ${JSON.stringify(stored)} by ${conversion.value.queries.join('\n').slice(0, 600)}`,
      ];
    });
  });
  return { wrong, refused, knownUnused: known.unused(), hits };
}

describe('Lucene of the rule set, run by an independent reader', () => {
  test.each([
    ['graylog', graylog, false, readLucene],
    ['es-qs', esQs, true, readElasticsearch],
  ] as const)(
    '%s finds what the rules mean, or says that it finds more, or refuses them',
    (_, target, keepEmpty, read) => {
      const { wrong, refused, knownUnused, hits } = compare(target, keepEmpty, read);
      expect(wrong).toEqual([]);
      expect(knownUnused).toEqual([]);
      expect(hits).toBeGreaterThan(2500);
      expect(refused.length).toBeLessThan(detections.length / 8);
    },
  );

  test('xpack-watcher searches with the queries of es-qs', () => {
    const wrong = detections.filter(({ rule }) => {
      const [watch, search] = [xpackWatcher.convert(rule, settings), esQs.convert(rule, settings)];
      if (!watch.ok || !search.ok) return watch.ok !== search.ok;
      const held = JSON.stringify(watch.value.document);
      return search.value.queries.some(
        (query) => !watch.value.queries.includes(query) || !held.includes(JSON.stringify(query)),
      );
    });
    expect(wrong.map(({ entry }) => entry.path)).toEqual([]);
  });
});
