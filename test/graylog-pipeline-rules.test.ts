import { describe, expect, test } from 'vitest';
import {
  asMessage,
  compared,
  type IngestedRule,
  ingested,
  ingestOptions,
  interpreted,
  planOf,
  tagsOf,
} from './ingest-agreement.ts';
import { matches } from './matcher.ts';
import { askedDetections, withRaw } from './rule-set-events.ts';
import { thorough } from './thoroughness.ts';

const asked = askedDetections();
const eventsOf = new Map(asked.map(({ rule, events }) => [rule, events]));
const pathOf = new Map(asked.map(({ rule, entry }) => [rule, entry.path]));
const { rules, refused } = ingested(asked.map(({ rule }) => rule));
const nameOf = ({ compiled }: IngestedRule): string => pathOf.get(compiled) ?? '';

describe('pipeline rules of the rule set, run by an independent reader', () => {
  test('all of them together find what they mean, and no rule another one’s events', () => {
    const events = asked.flatMap(({ rule, events: own }) =>
      own.slice(0, thorough ? 4 : 2).map((event) => withRaw(event, rule)),
    );
    const { wrong, hits } = compared(rules, events, nameOf);
    expect(wrong).toEqual([]);
    expect(hits).toBeGreaterThan(300);
  });

  test('each finds what it means among changes of its events', () => {
    let all = 0;
    const wrong: string[] = [];
    for (const rule of rules) {
      const events = (eventsOf.get(rule.compiled) ?? []).map((event) =>
        withRaw(event, rule.compiled),
      );
      const found = compared([rule], events, nameOf);
      all += found.hits;
      wrong.push(...found.wrong);
    }
    expect(wrong).toEqual([]);
    expect(all).toBeGreaterThan(2000);
  });

  test('two packs on one server do not disturb each other', () => {
    const exact = rules.filter(({ widened }) => !widened);
    const some = exact.slice(0, 40);
    const other = exact.slice(20, 60).map((rule) => ({
      ...rule,
      ingest: { ...rule.ingest, id: `other ${rule.id}` },
    }));
    const plans = [planOf(some), planOf(other, { ...ingestOptions, pack: 'other' })];
    const interpreter = interpreted({
      rules: plans.flatMap((plan) => plan.rules),
      pipelines: plans.flatMap((plan) => plan.pipelines),
    });
    const events = [...some, ...other].flatMap(({ compiled }) =>
      (eventsOf.get(compiled) ?? []).slice(0, 2).map((event) => withRaw(event, compiled)),
    );
    let hits = 0;
    for (const event of events) {
      const { message, stored } = asMessage(event);
      const meant = [...some, ...other].flatMap(({ compiled, ingest }) =>
        matches(compiled.query, stored) ? [ingest.id] : [],
      );
      const { ids, wrong } = tagsOf(interpreter, message);
      hits += meant.length;
      expect(wrong).toEqual([]);
      expect([...ids].sort()).toEqual(meant.sort());
    }
    expect(hits).toBeGreaterThan(50);
  });

  test('what finds more and what is refused', () => {
    expect({
      widened: rules.flatMap(({ compiled, widened }) => (widened ? pathOf.get(compiled) : [])),
      refused: refused.map(({ compiled, reason }) => `${pathOf.get(compiled)}: ${reason}`),
    }).toMatchInlineSnapshot(`
      {
        "refused": [
          "modifiers/parts-all.yml: Graylog's pipeline rules have no test for the week of a date",
          "modifiers/parts-gt.yml: Graylog's pipeline rules have no test for the week of a date",
          "modifiers/parts-gte.yml: Graylog's pipeline rules have no test for the week of a date",
          "modifiers/parts-lt.yml: Graylog's pipeline rules have no test for the week of a date",
          "modifiers/parts-lte.yml: Graylog's pipeline rules have no test for the week of a date",
          "modifiers/parts-neq.yml: Graylog's pipeline rules have no test for the week of a date",
          "modifiers/re-classes.yml: Graylog's pipeline rules can't have this regular expression: a repetition inside a repetition may take for ever",
          "modifiers/week.yml: Graylog's pipeline rules have no test for the week of a date",
          "values/field-names.yml: no message of Graylog can fulfil the condition: fields with such a name or value are never stored",
          "windows/dns-client-asks-tunnel.yml: Graylog's pipeline rules can't have this regular expression: a repetition inside a repetition may take for ever",
          "yaml/comments.yml: no message of Graylog can fulfil the condition: fields with such a name or value are never stored",
        ],
        "widened": [
          "identity/entra-device-code-from-abroad.yml",
          "values/empty-or-null.yml",
          "values/empty-text.yml",
          "web/proxy-beacon-shape.yml",
          "windows/passwords-sprayed-over-ntlm.yml",
        ],
      }
    `);
  });
});
