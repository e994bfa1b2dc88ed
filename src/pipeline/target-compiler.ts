import { type CompiledRule, createCombiner, createSettler, type SettledRule } from '../query/compile.ts';
import type { Collection, Rule } from '../sigma/collection.ts';
import type { Pattern } from '../sigma/pattern.ts';
import { createBag, type DiagnosticBag } from '../source/diagnostic.ts';
import type { Pipeline } from './pipeline.ts';
import { mentionsIn } from './placeholder-left.ts';
import { conversionVars, createProcessor } from './process.ts';

export interface TargetCompilerOptions {
  readonly collection: Collection;
  readonly placeholders: ReadonlyMap<string, readonly Pattern[]>;
  readonly bag: DiagnosticBag;
  /** By name of the target; none: its rules keep their names. */
  readonly pipelines: ReadonlyMap<string, readonly Pipeline[]>;
  /** Formats that queries are written in, by name of the target; the default where none is given. Templates may ask for it. */
  readonly formats?: ReadonlyMap<string, string>;
}

/** A rule as written and what each target makes its query of. */
export interface TargetCompiler {
  /** Without any pipeline: what the rule is about. Undefined where it has been complained about. */
  readonly compile: (rule: Rule) => TargetedRule | undefined;
}

export interface TargetedRule {
  readonly written: CompiledRule;
  /** Undefined where the target's pipelines can't process the rule, which has been complained about. */
  readonly forTarget: (target: string) => CompiledRule | undefined;
}

/** Settles each rule once, whatever the number of targets; targets without a pipeline share its query. */
export function createTargetCompiler({ collection, placeholders, bag, pipelines, formats }: TargetCompilerOptions): TargetCompiler {
  const keepPlaceholders = [...pipelines.values()].some((list) => list.length > 0);
  const settle = createSettler(collection, { placeholders, bag, keepPlaceholders });
  const combined = createCombiner(bag);
  const processors = new Map(
    [...pipelines].filter(([, list]) => list.length > 0).map(([target, list]) => [target, createTargetProcessor(target, list, bag, formats?.get(target))]),
  );
  const empty = new Map<string, TargetProcessor>();
  return {
    compile(rule) {
      const settled = settle(rule);
      const written = settled && combined(settled);
      if (!settled || !written) return undefined;
      return {
        written,
        forTarget(target) {
          const processor = processors.get(target) ?? (keepPlaceholders && hasPlaceholder(settled) ? unprocessed(target) : undefined);
          return processor ? processor(settled) : written;
        },
      };
    },
  };

  /** A target without a pipeline has nothing that could fill a placeholder which was kept for those of another: that is complained about. */
  function unprocessed(target: string): TargetProcessor {
    const made = empty.get(target) ?? createTargetProcessor(target, [], bag);
    empty.set(target, made);
    return made;
  }
}

const hasPlaceholder = (settled: SettledRule): boolean => mentionsIn(settled).next().done === false;

type TargetProcessor = (settled: SettledRule) => CompiledRule | undefined;

/** What is wrong with a rule as such has been told: only what the pipelines make wrong is. */
function createTargetProcessor(target: string, pipelines: readonly Pipeline[], bag: DiagnosticBag, format?: string): TargetProcessor {
  const found = createBag();
  const process = createProcessor(pipelines, { bag: found, conversion: conversionVars(target, format) });
  const combine = createCombiner(found);
  return (settled) => {
    const processed = process(settled);
    const compiled = processed && combine(processed);
    for (const { file, code, message, span, hint } of found.list.splice(0)) {
      if (compiled === undefined) bag.add(file, { code, message: `${target}: ${message}`, span, hint, target });
    }
    return compiled;
  };
}
