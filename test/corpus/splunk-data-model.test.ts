import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { collect } from '../../src/sigma/collection/collection.ts';
import { createBag } from '../../src/source/diagnostic.ts';
import { isModelled, modelDisagreements, modelledRules } from '../data-model.ts';
import type { Event } from '../judges/spl/value.ts';
import { plainEvent } from '../windows-events.ts';
import { corpusDocuments } from './compiled-corpus.ts';
import { windowsEvents } from './recorded-events.ts';

describe('the built-in pipeline of the Common Information Model', () => {
  const root = join(import.meta.dirname, '..', '..');
  const rejected = createBag();
  const rules = modelledRules(collect(corpusDocuments(), createBag()), new Map(), rejected);

  it('converts as many rules of the corpus as the docs say', () => {
    const counts = new Map<string, number>();
    for (const { model, search } of rules) {
      const key = search.startsWith('refused') ? 'no field' : model;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    for (const { message } of rejected.list) {
      const reason = message.replace(/ \(\w+, .*\)$/, '');
      counts.set(reason, (counts.get(reason) ?? 0) + 1);
    }
    const docs = readFileSync(join(root, 'docs', 'pipelines-cim.md'), 'utf8').replace(/ +/g, ' ');
    const documented = [...docs.matchAll(/^\| [^|]+ \| `?([^|`]+?)`? \| (\d+) \|$/gm)].map(
      ([, key, count]): [string, number] => [key ?? '', Number(count)],
    );
    expect([...counts].sort()).toEqual(documented.sort());
  });

  it('finds in the models what the rules find in the events', () => {
    let compared = 0;
    const wrong: unknown[] = [];
    const recorded = windowsEvents().filter(({ channel }) => channel.includes('Sysmon'));
    for (const rule of rules.filter(isModelled)) {
      const own = recorded
        .filter(({ ruleId }) => ruleId === rule.written.rule.id)
        .slice(0, 2)
        .map((event) => plainEvent(event) as Event);
      if (own.length === 0) continue;
      const differing = modelDisagreements(rule, own);
      if (differing.length > 0) wrong.push([rule.written.rule.title, rule.search, ...differing]);
      compared++;
    }
    expect(wrong).toEqual([]);
    expect(compared).toBeGreaterThan(12);
  });
});
