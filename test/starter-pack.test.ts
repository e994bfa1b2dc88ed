import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { attackTechniques } from '../src/attack/names.ts';
import { dataNeeded } from '../src/docs/data-needed.ts';
import { defaultConfig } from '../src/pack/config/config.ts';
import { mergeSettings } from '../src/pack/config/merge-settings.ts';
import { createProcessor } from '../src/pipeline/run/process.ts';
import {
  type CompiledRule,
  createCombiner,
  createSettler,
  logSourcesOf,
} from '../src/query/compile.ts';
import { readTestFile } from '../src/rule-test/test-file.ts';
import { collect } from '../src/sigma/collection/collection.ts';
import { readDocuments } from '../src/sigma/collection/document.ts';
import { createBag } from '../src/source/diagnostic.ts';
import { builtInPipeline } from './built-in-pipelines.ts';
import { compileFolders } from './compile.ts';
import { matches } from './matcher.ts';
import { findRuleFiles } from './rule-files.ts';
import { sigpack } from './sigpack.ts';
import { windowsEvents } from './starter-events.ts';
import { update } from './update.ts';
import { productEvents } from './windows-events.ts';

const root = join(import.meta.dirname, '..');
const folder = join(root, 'rules');
const bag = createBag();
const rules = compileFolders([folder], bag);

/** Taken over from others as it was: it has no id, no steps and an old technique. */
const seed = 'rules/windows/dhcp-callout-dll-failed.yml';
const pathOf = ({ rule }: CompiledRule): string => relative(root, rule.file.path);
const based = new Set(rules.flatMap((rule) => (rule.kind === 'correlation' ? rule.parts : [])));
/** Titles of those that only serve a correlation. */
const servants = new Set([...based].map(({ rule }) => rule.title));
const detections = rules
  .filter((rule) => !based.has(rule))
  .sort((a, b) => (pathOf(a) < pathOf(b) ? -1 : 1));
const own = detections.filter((rule) => pathOf(rule) !== seed);

/** Rows of the table of docs/starter-pack.md. */
function row(compiled: CompiledRule): readonly string[] {
  const { rule } = compiled;
  const sources = logSourcesOf(compiled);
  const source = sources.map(({ product, category, service }) =>
    [product, category, service].filter((part) => part !== undefined).join('/'),
  );
  const techniques = rule.tags.flatMap(
    (tag) => /^attack\.(t\d{4}(?:\.\d{3})?)$/.exec(tag)?.[1]?.toUpperCase() ?? [],
  );
  const definitions = [...new Set(sources.flatMap(({ definition }) => definition ?? []))].map(
    (text) => text.replace(/^Needs (.)/, (_, first: string) => first.toUpperCase()),
  );
  const needed =
    definitions.length > 0
      ? definitions
      : dataNeeded(compiled).filter((line) => line.startsWith('Channel'));
  return [
    `[${rule.title}](../${pathOf(compiled)})`,
    source.join(', '),
    rule.level ?? '',
    techniques.join(', '),
    needed.join('; '),
  ];
}

/** A table of Markdown; the first row is its head. */
function tableOf([head = [], ...body]: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...body]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

test('docs/starter-pack.md lists the rules as they are; UPDATE=1 writes the table anew', () => {
  const path = join(root, 'docs', 'starter-pack.md');
  const text = readFileSync(path, 'utf8');
  const table = tableOf([
    ['rule', 'log source', 'level', 'technique', 'what must be collected'],
    ...detections.map(row),
  ]);
  const page = text
    .replace(/^\| rule .*?(?=\n\n)/ms, () => table)
    .replace(
      /^\d+ detections, \d+ of them correlations/m,
      `${detections.length} detections, ${detections.filter(({ kind }) => kind === 'correlation').length} of them correlations`,
    );
  if (update) writeFileSync(path, page);
  expect(text).toBe(page);
});

test('the rules compile, and each has an id of its own', () => {
  expect(bag.list.filter(({ code }) => code !== 'SIG042')).toEqual([]);
  const ids = rules.flatMap(({ rule }) => rule.id ?? []);
  expect(new Set(ids).size).toBe(ids.length);
  expect(rules.length - ids.length).toBe(1);
});

describe.each(own.map((compiled) => [pathOf(compiled), compiled] as const))(
  '%s',
  (path, compiled) => {
    const { rule } = compiled;

    test('says why it matters, what is harmless and what to do', () => {
      expect(rule.description?.length).toBeGreaterThan(60);
      expect(rule.falsepositives.filter((text) => !/^(unknown|unlikely)$/i.test(text))).not.toEqual(
        [],
      );
      expect(rule.references).not.toEqual([]);
      expect(mergeSettings(defaultConfig(), rule, logSourcesOf(compiled)).remediation).toMatch(
        /^1\. .+\n2\. .+/,
      );
      expect(logSourcesOf(compiled).every(({ definition }) => definition !== undefined)).toBe(true);
    });

    test('has techniques of today, each with one of its tactics', () => {
      const tactics = new Set(rule.tags.map((tag) => tag.replace('attack.', '')));
      const ids = [...tactics].filter((tag) => /^t\d/.test(tag)).map((tag) => tag.toUpperCase());
      expect(ids).not.toEqual([]);
      for (const id of ids) {
        const technique = attackTechniques().get(id);
        expect(technique, id).toBeDefined();
        expect(technique?.current).toBe(id);
        expect(
          technique?.tactics.some((tactic) => tactics.has(tactic)),
          id,
        ).toBe(true);
      }
    });

    test('is tested on events that it must find, and on two or more that it must not', () => {
      const file = join(root, path.replace(/\.yml$/, '.test.yml'));
      expect(existsSync(file)).toBe(true);
      const cases = readTestFile({ path: file, text: readFileSync(file, 'utf8') }, createBag());
      expect(cases.some(({ expected }) => expected.kind !== 'none')).toBe(true);
      expect(cases.filter(({ expected }) => expected.kind === 'none').length).toBeGreaterThan(1);
    });
  },
);

test('the tests beside the rules pass, and a build can require them', async () => {
  expect((await sigpack(['test', 'rules'], { cwd: root })).code).toBe(0);
  expect(
    (await sigpack(['build', '-c', 'rules', '-o', newFolder(), '--require-tests'], { cwd: root }))
      .code,
  ).toBe(0);
});

function newFolder(): string {
  const made = mkdtempSync(join(tmpdir(), 'starter-'));
  onTestFinished(() => rmSync(made, { recursive: true }));
  return made;
}

const anywhere = 'splunk: { index: "*" }\ngraylog: { streams: all }\n';

/**
 * Diagnostics of a build with a bundle, codes and messages, without the widened windows of Graylog's
 * correlations.
 */
async function diagnosticsWith(bundle: string, target: string): Promise<readonly string[]> {
  const project = newFolder();
  writeFileSync(
    join(project, 'sigpack.yml'),
    `rules: [${JSON.stringify(folder)}]\ntargets: [${target}]\npipelines: { ${target}: ${bundle} }\n${anywhere}`,
  );
  const { stderr } = await sigpack(['build', '--verbose'], { cwd: project });
  return stderr
    .split('\n')
    .filter((line) => /(error|warning)\[/.test(line) && !line.includes('Graylog looks back'));
}

describe('through the pipelines', () => {
  test.each(['splunk', 'splunk-classic', 'splunk-audit'])(
    '%s: every field has a name, and no rule is refused',
    async (bundle) => {
      expect(await diagnosticsWith(bundle, 'splunk')).toEqual([]);
    },
  );

  test.each(['graylog', 'graylog-nxlog', 'graylog-illuminate'])(
    '%s: as well; Graylog finds the words of an exclusion, for it drops the field',
    async (bundle) => {
      const found = await diagnosticsWith(bundle, 'graylog');
      expect(
        found.map((line) => /([\w-]+\.yml).*\[(\w+)\]/.exec(line)?.slice(1).join(' ')),
      ).toEqual(['defender-exclusion-added.yml TGT002']);
    },
  );

  test('splunk-cim: what no data model has is refused', async () => {
    const found = await diagnosticsWith('splunk-cim', 'splunk');
    const refused = found.flatMap(
      (line) => /([\w-]+)\/[\w-]+\.yml.*error\[PIP002\]/.exec(line)?.[1] ?? [],
    );
    expect([...new Set(refused)].sort()).toEqual(['aws', 'identity', 'windows']);
  });
});

describe('rules for Windows find the events of their tests by the names of the product, and no others', () => {
  const sourceBag = createBag();
  const documents = findRuleFiles([join(folder, 'windows')], sourceBag).flatMap(
    (path) => readDocuments({ path, text: readFileSync(path, 'utf8') }, sourceBag).documents,
  );
  const collection = collect(documents, sourceBag);
  const settle = createSettler(collection, { placeholders: new Map(), bag: sourceBag });
  const combine = createCombiner(sourceBag);

  test.each(Object.entries(productEvents))('%s', (name, productEvent) => {
    const process = createProcessor([builtInPipeline('windows-sysmon'), builtInPipeline(name)], {
      bag: sourceBag,
    });
    let found = 0;
    const wrong = collection.rules.flatMap((rule) => {
      const settled =
        rule.kind === 'detection' && !servants.has(rule.title) ? settle(rule) : undefined;
      const processed = settled && process(settled);
      const compiled = processed && combine(processed);
      if (compiled?.kind !== 'detection') return [];
      return windowsEvents(compiled.rule).flatMap(([event, hit]) => {
        found++;
        return matches(compiled.query, productEvent(event)) === hit ? [] : [rule.title];
      });
    });
    // its field has a blank in the log, which each product changes in a way of its own
    expect(wrong).toEqual(['Exclusion Added to Microsoft Defender']);
    expect(found).toBeGreaterThan(100);
  });
});
