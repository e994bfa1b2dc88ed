import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../src/pack/config/config.ts';
import { checkRuleSettings } from '../src/pack/settings/patch.ts';
import { ruleSavedSearchKeys } from '../src/pack/settings/rule-may-set.ts';
import { isSavedSearchKey } from '../src/pack/settings/splunk-keys.ts';
import { createBag } from '../src/source/diagnostic.ts';
import { positionAt } from '../src/source/span.ts';
import { parseYaml } from '../src/source/yaml/parse.ts';
import type { YamlMapping } from '../src/source/yaml/tree.ts';
import { readTar } from './archives.ts';
import { packOf } from './pack-of.ts';

function settingsNode(text: string): YamlMapping {
  const [node] = parseYaml({ path: 'rule.yml', text }).documents;
  if (node?.kind !== 'mapping') throw new Error('no map');
  return node;
}

/**
 * What `sigpack: { splunk: { savedsearch: { KEY: VALUE } } }` in a rule is told: code, place and
 * message, and whether the rule stays.
 */
function savedSearchInRule(entry: string) {
  const text = `splunk:\n  savedsearch:\n    ${entry}\n`;
  const bag = createBag();
  const sound = checkRuleSettings(
    { file: { path: 'rule.yml', text }, settings: settingsNode(text) },
    bag,
  );
  const said = bag.list.map(({ code, file, span, message, hint }) => {
    const place = positionAt(file, span.start);
    return `${code} ${file.path}:${place.line}:${place.column} ${message} ${hint}`;
  });
  return { sound, said };
}

describe('what a rule may set of savedsearches.conf', () => {
  it.each([...ruleSavedSearchKeys])('%s', (key) => {
    expect(savedSearchInRule(`${key}: ${key === 'cron_schedule' ? "'7 * * * *'" : '1'}`)).toEqual({
      sound: true,
      said: [],
    });
    expect(isSavedSearchKey(key)).toBe(true);
  });

  it.each([
    [
      'a command of an action',
      [
        'action.email.command',
        'action.notable.command',
        'action.risk.command',
        'action.myscript.command',
      ],
    ],
    [
      'which actions run',
      [
        'actions',
        'action.email',
        'action.script',
        'action.webhook',
        'action.rss',
        'action.logevent',
        'action_email',
        'action.own_app',
      ],
    ],
    [
      'recipients',
      [
        'action.email.to',
        'action.email.cc',
        'action.email.bcc',
        'action.email.mailserver',
        'action.webhook.param.url',
        'sendresults',
      ],
    ],
    [
      'a program',
      [
        'action.script.filename',
        'action.own_app.param.cmd',
        'action.risk.param.verbose',
        'run_on_startup',
        'run_n_times',
      ],
    ],
    [
      'who runs it',
      ['dispatchAs', 'run_as', 'role', 'userid', 'workload_pool', 'schedule_priority'],
    ],
    [
      'summary indexes',
      [
        'action.summary_index',
        'action.summary_index._name',
        'action.summary_index.x',
        'action.summary_metric_index',
        'auto_summarize',
      ],
    ],
    [
      'summaries',
      ['auto_summarize.command', 'auto_summarize.dispatch.ttl', 'action.logevent.param.index'],
    ],
    [
      'lookups written',
      [
        'action.lookup',
        'action.lookup.filename',
        'action.populate_lookup.dest',
        'action.outputtelemetry',
      ],
    ],
    [
      'another search',
      [
        'alert_condition',
        'action.notable.param.drilldown_search',
        'action.notable.param.drilldown_searches',
        'query',
        'qualifiedSearch',
      ],
    ],
    [
      'what a person is told to run',
      [
        'action.notable.param.recommended_actions',
        'action.notable.param.next_steps',
        'action.customsearchbuilder.spec',
      ],
    ],
    ['risk without bounds', ['action.risk.param._risk']],
    ['a group of throttled searches', ['alert.suppress.group_name']],
    [
      'an address that a page asks',
      ['display.visualizations.mapping.tileLayer.url', 'action.email.logo_path', 'embed.enabled'],
    ],
    [
      'other spellings',
      [
        'Action.Email.To',
        'ACTIONS',
        'DispatchAs',
        'Action.Notable',
        'Description',
        'action.notable.',
        'action.notable:x',
        'action_notable',
      ],
    ],
    ['names of JavaScript', ['constructor', '__proto__', 'toString']],
  ])('not %s', (_, keys) => {
    for (const key of keys) {
      const { sound, said } = savedSearchInRule(`${key}: x`);
      expect([key, sound, said.length]).toEqual([key, false, 1]);
      expect(said[0]).toMatch(
        isSavedSearchKey(key)
          ? /^SIG070 rule\.yml:3:5 `.*` is for sigpack\.yml to set, not for a rule Set it in sigpack\.yml, under .*, or for this detection alone in local\/savedsearches\.conf/
          : /^SIG070 rule\.yml:3:5 `.*` is not a setting of savedsearches\.conf /,
      );
      expect(said[0]).toContain(`\`${key}\``);
    }
  });

  it.each([
    ['"action.email.to ": x', 'SIG070 rule.yml:3:5 key `action.email.to ` has not the right form'],
    ['" dispatchAs": owner', 'SIG070 rule.yml:3:5 key ` dispatchAs` has not the right form'],
    ['"action.notable\\t": 1', 'SIG070 rule.yml:3:5 key `action.notable\t` has not the right form'],
    ['"actions\\u200b": 1', 'SIG070 rule.yml:3:5 key `actions\u200b` has not the right form'],
    [
      'action: { email: { to: x } }',
      'SIG070 rule.yml:3:13 `splunk.savedsearch.action` must be a string or a number or true or false, not a map',
    ],
    [
      'actions: [email, script]',
      'SIG070 rule.yml:3:14 `splunk.savedsearch.actions` must be a string or a number or true or false, not a list',
    ],
    [
      "cron_schedule: '* * * * *'",
      'SIG070 rule.yml:3:5 `cron_schedule` runs 60 times an hour; 12 are allowed',
    ],
    ["cron_schedule: '0 0 30 2 *'", 'SIG070 rule.yml:3:5 `cron_schedule` never runs: 0 0 30 2 *'],
    [
      "description: 'x\\'",
      'SIG070 rule.yml:3:5 `description` ends in a backslash, which would join the next line to it',
    ],
    [
      'bogus: 1',
      'SIG070 rule.yml:3:5 `bogus` is not a setting of savedsearches.conf docs/configuration.md lists what a rule may set.',
    ],
    [
      'action.email.too: x',
      'SIG070 rule.yml:3:5 `action.email.too` is not a setting of savedsearches.conf If you meant `action.email.to`: that is for sigpack.yml to set, not for a rule.',
    ],
    [
      'action.notable.param.rule_titel: x',
      'SIG070 rule.yml:3:5 `action.notable.param.rule_titel` is not a setting of savedsearches.conf Did you mean `action.notable.param.rule_title`?',
    ],
  ])('%s', (entry, message) => {
    const { sound, said } = savedSearchInRule(entry);
    expect([sound, said.length]).toEqual([false, 1]);
    expect(said[0]).toContain(message);
  });

  it('is what docs/configuration.md lists', () => {
    const page = readFileSync(join(import.meta.dirname, '..', 'docs', 'configuration.md'), 'utf8');
    const [, section = ''] = /### What a rule may set\n([\s\S]*?)\n## /.exec(page) ?? [];
    const listed = [...section.matchAll(/^- (.*?): (.*(?:\n {2}.*)*)$/gm)].flatMap(
      ([, group = '', keys = '']) => {
        const prefix = /^`(.*)`$/.exec(group)?.[1] ?? '';
        return [...keys.matchAll(/`([^`]*)`/g)].map(([, key = '']) => prefix + key);
      },
    );
    expect(listed.sort()).toEqual([...ruleSavedSearchKeys].sort());
  });

  it('leaves everything to sigpack.yml', () => {
    const settings =
      '{ splunk: { savedsearch: { action.email: true, action.email.to: a@b.example, dispatchAs: owner, action.script: true } } }';
    const bag = createBag();
    const config = readConfig({ path: 'sigpack.yml', text: `levels: { high: ${settings} }` }, bag);
    expect(bag.list).toEqual([]);
    expect(config?.levels.get('high')?.splunk?.savedsearch).toEqual({
      'action.email': '1',
      'action.email.to': 'a@b.example',
      dispatchAs: 'owner',
      'action.script': '1',
    });
  });
});

describe('a rule that sets what is for sigpack.yml', () => {
  it('is left out of all that is built, and others are not', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sigpack-rule-settings-'));
    const ruleText = (title: string, id: number, settings: string) =>
      `title: ${title}\nid: 00000000-0000-4000-8000-00000000000${id}\nstatus: test\nlogsource: { product: windows }\ndetection:\n  s: { Image: a }\n  condition: s\n${settings}`;
    writeFileSync(
      join(folder, 'bad.yml'),
      ruleText(
        'Bad',
        1,
        "sigpack: { splunk: { savedsearch: { action.email.command: '| outputlookup pwn.csv' } } }\n",
      ),
    );
    writeFileSync(
      join(folder, 'good.yml'),
      ruleText('Good', 2, 'sigpack: { splunk: { savedsearch: { description: mine } } }\n'),
    );
    try {
      const { pack, artifacts } = await packOf([folder], 'id: acme\n');
      expect(pack.splunk.map(({ detection }) => detection.name)).toEqual(['Good']);
      expect(pack.graylog.map(({ detection }) => detection.name)).toEqual(['Good']);
      const app = await readTar(artifacts.get('acme-1.0.0.spl')?.content ?? new Uint8Array());
      expect(app.map(({ text }) => text).join('\n')).not.toContain('pwn.csv');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
