import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { defaultTargetSettings, targets } from '../src/backend/registry.ts';
import { bundles } from '../src/pipeline/bundle.ts';
import { disagreements } from './hostile-meaning.ts';
import { packOf } from './pack-of.ts';
import { ruleSet, ruleSetConfig, ruleSetFiles } from './rule-set.ts';
import { processRuleSet, targetsOfBundle } from './rule-set-bundles.ts';
import { knownFaultsOf } from './rule-set-known.ts';
import { thorough } from './thoroughness.ts';

const { rules, left } = processRuleSet();

describe('the rule set through every bundle of pipelines', () => {
  test('is asked of all of them', () => {
    expect(Object.keys(targetsOfBundle)).toEqual([...bundles.keys()]);
  });

  test('is processed, or a diagnostic says why not', () => {
    expect(left.filter(({ diagnostics }) => diagnostics.length === 0)).toEqual([]);
    expect(left.length).toBeLessThan(rules.length / 20);
  });

  test.each([...bundles.keys()])(
    '%s: every rule is converted, or refused at a place in its file',
    (bundle) => {
      let converted = 0;
      const own = rules.filter((one) => one.bundle === bundle);
      const wrong = own.flatMap(({ target: name, rule, source }) => {
        const target = targets.find((one) => one.name === name);
        const conversion = target?.convert(rule, defaultTargetSettings);
        if (conversion?.ok) {
          converted++;
          return conversion.value.queries.length > 0 &&
            conversion.value.queries.every((text) => text.trim() !== '')
            ? []
            : [`${source.title}: an empty query`];
        }
        const sound = conversion?.error.every(
          ({ message, file, span }) =>
            message !== '' && span.end > span.start && span.end <= file.text.length,
        );
        return sound ? [] : [`${source.title}: refused without a place`];
      });
      expect(wrong).toEqual([]);
      expect(converted).toBeGreaterThan(own.length * 0.8);
    },
  );

  test.each(['splunk', 'graylog'])(
    '%s: queries find what the processed rules mean, over events made of their values',
    (bundle) => {
      const known = { splunk: knownFaultsOf('splunk'), graylog: knownFaultsOf('graylog') };
      const all = rules.filter((one) => one.bundle === bundle).map(({ rule }) => rule);
      const own = thorough ? all : all.filter((_, index) => index % 3 === bundle.length % 3);
      const { messages, hits } = disagreements(own, (target, query, event) =>
        known[target].isKnown(query, event),
      );
      expect(messages).toEqual([]);
      expect(hits.splunk).toBeGreaterThan(300);
    },
  );
});

test('packs for Splunk and Graylog are built of the whole set', async () => {
  const { pack, bag, artifacts } = await packOf(
    ruleSetFiles(),
    readFileSync(ruleSetConfig, 'utf8'),
  );
  const standing = ruleSet().filter(({ standsAlone }) => standsAlone).length;
  expect(pack.outcomes.length).toBe(standing);
  expect(pack.splunk.length).toBeGreaterThan(standing * 0.95);
  expect(pack.graylog.length).toBeGreaterThan(standing * 0.85);
  const errors = bag.list.filter(({ severity }) => severity === 'error');
  expect(
    errors.filter(({ code }) => code !== 'TGT001' && code !== 'TGT004' && code !== 'TGT005'),
  ).toEqual([]);
  expect(errors.length).toBe(2 * standing - pack.splunk.length - pack.graylog.length);
  expect([...artifacts.keys()].sort()).toEqual([
    'manifest.json',
    'rule_set-1.0.0-graylog.json',
    'rule_set-1.0.0.spl',
    'rule_set-1.0.0.zip',
  ]);
});
