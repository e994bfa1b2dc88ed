import { loadPipelines } from '../src/cli/project/pipeline-files.ts';
import { createTargetCompiler } from '../src/pipeline/run/target-compiler.ts';
import type { CompiledRule } from '../src/query/compile.ts';
import type { Rule } from '../src/sigma/collection/collection.ts';
import { once } from '../src/source/cache.ts';
import { createBag, type Diagnostic } from '../src/source/diagnostic.ts';
import { valueIfOk } from './result.ts';
import { ruleSetCollection, ruleSetFolder } from './rule-set.ts';

/** The targets that each bundle of pipelines is for. */
export const targetsOfBundle: Readonly<Record<string, readonly string[]>> = {
  splunk: ['splunk'],
  'splunk-classic': ['splunk'],
  'splunk-audit': ['splunk'],
  graylog: ['graylog'],
  'graylog-nxlog': ['graylog'],
  'graylog-illuminate': ['graylog'],
  elastic: ['es-qs', 'xpack-watcher'],
  logpoint: ['logpoint'],
};

export interface ProcessedRule {
  readonly bundle: string;
  readonly target: string;
  readonly source: Rule;
  /** What the bundle made of it. */
  readonly rule: CompiledRule;
}

export interface Processed {
  readonly rules: readonly ProcessedRule[];
  /** Those that a bundle could not process. */
  readonly left: readonly {
    readonly bundle: string;
    readonly target: string;
    readonly source: Rule;
    readonly diagnostics: readonly Diagnostic[];
  }[];
}

/** Every rule of the set through every bundle; read once. */
export const processRuleSet = once((): Processed => {
  const { collection, placeholders } = ruleSetCollection();
  const rules: ProcessedRule[] = [];
  const left: Processed['left'][number][] = [];
  for (const [bundle, targets] of Object.entries(targetsOfBundle)) {
    const bag = createBag();
    const pipelines = loadPipelines([bundle], ruleSetFolder, bag);
    const compiler = createTargetCompiler({
      collection,
      placeholders,
      bag,
      pipelines: new Map(targets.map((target) => [target, pipelines])),
    });
    for (const source of collection.rules) {
      const targeted = compiler.compile(source);
      for (const target of targets) {
        const before = bag.list.length;
        const rule = valueIfOk(targeted?.forTarget(target))?.compiled;
        if (rule) rules.push({ bundle, target, source, rule });
        else left.push({ bundle, target, source, diagnostics: bag.list.slice(before) });
      }
    }
  }
  return { rules, left };
});
