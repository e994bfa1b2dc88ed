import { describe, expect, test } from 'vitest';
import { compared, ingested, planOf } from '../ingest-agreement.ts';
import { loadEvents } from '../judges/events.ts';
import { compiledCorpus } from './compiled-corpus.ts';
import { shared } from './corpus.ts';

const detections = compiledCorpus().filter((rule) => rule.kind === 'detection');
const { rules, refused } = ingested(detections);
const plan = planOf(rules);

describe('the public rules as pipeline rules of Graylog', () => {
  test('all but a few can be expressed', () => {
    expect(detections.length).toBeGreaterThan(3700);
    expect([...new Set(refused.map(({ compiled }) => compiled.rule.title))]).toEqual([
      'Invoke-Obfuscation VAR+ Launcher - PowerShell Module',
      'Invoke-Obfuscation VAR+ Launcher - PowerShell',
      'Invoke-Obfuscation VAR+ Launcher',
    ]);
    expect(rules.filter(({ widened }) => widened).length).toBeLessThan(60);
  });

  test('the same plan comes of any order, and its names are unique', () => {
    expect(planOf([...rules].reverse())).toEqual(plan);
    for (const named of [plan.rules, plan.pipelines]) {
      const names = named.map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
    }
  });

  test('the recorded events get the tags that the matcher says', () => {
    const events = loadEvents(shared).map(({ event }) => {
      const { _time, ...fields } = event;
      return { ...fields, _raw: Object.values(fields).map(String).join('\n') };
    });
    const nameOf = ({ compiled }: (typeof rules)[number]): string => compiled.rule.title;
    const { wrong, hits } = compared(rules, events, nameOf, plan);
    expect(wrong).toEqual([]);
    expect(hits).toBeGreaterThan(400);
  });
});
