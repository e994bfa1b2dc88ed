import { type CompiledRule, createCombiner, createSettler, type SettledRule } from '../query/compile.ts';
import type { Collection, Rule } from '../sigma/collection.ts';
import type { Pattern } from '../sigma/pattern.ts';
import { type Complaint, createBag, type DiagnosticBag } from '../source/diagnostic.ts';
import { constantTruth } from './constant-truth.ts';
import type { Pipeline } from './pipeline.ts';
import { mentionsIn } from './placeholder-left.ts';
import { conversionVars, createProcessor, type ProcessOptions } from './process.ts';

export interface TargetCompilerOptions {
  readonly collection: Collection;
  readonly placeholders: ReadonlyMap<string, readonly Pattern[]>;
  readonly bag: DiagnosticBag;
  /** By name of the target; none: its rules keep their names. */
  readonly pipelines: ReadonlyMap<string, readonly Pipeline[]>;
  /** Formats that queries are written in, by name of the target; the default where none is given. Templates may ask for it. */
  readonly formats?: ReadonlyMap<string, string>;
  /** See {@link ProcessOptions}. */
  readonly namedBy?: ProcessOptions['namedBy'];
  /** What becomes of a rule that no event of a target's product can fulfil; default: it is left out of the target. */
  readonly unmatchable?: Unmatchable;
}

export type Unmatchable = 'leave-out' | 'disable';

/** A rule as written and what each target makes its query of. */
export interface TargetCompiler {
  /** Without any pipeline: what the rule is about. Undefined where it has been complained about. */
  readonly compile: (rule: Rule) => TargetedRule | undefined;
}

export interface TargetedRule {
  readonly written: CompiledRule;
  /** Undefined where the target's pipelines can't process the rule, which has been complained about. */
  readonly forTarget: (target: string) => CompiledRule | undefined;
  /** Why {@link forTarget} has no query for a target; asked right after it. */
  readonly whyNot: (target: string) => Pick<Complaint, 'code' | 'message'>;
}

/** Settles each rule once, whatever the number of targets; targets without a pipeline share its query. */
export function createTargetCompiler(options: TargetCompilerOptions): TargetCompiler {
  const { collection, placeholders, bag, pipelines } = options;
  const keepPlaceholders = [...pipelines.values()].some((list) => list.length > 0);
  const settle = createSettler(collection, { placeholders, bag, keepPlaceholders });
  const combined = createCombiner(bag);
  const processors = new Map<string, TargetProcessor>();
  for (const [target, list] of pipelines) if (list.length > 0) processors.set(target, createTargetProcessor(target, list, options));
  const empty = new Map<string, TargetProcessor>();
  return {
    compile(rule) {
      const settled = settle(rule);
      const written = settled && combined(settled);
      if (!settled || !written) return undefined;
      let reason: Judged['reason'];
      const processorOf = (target: string): TargetProcessor | undefined =>
        processors.get(target) ?? (keepPlaceholders && hasPlaceholder(settled) ? unprocessed(target) : undefined);
      return {
        written,
        forTarget: (target) => {
          const processor = processorOf(target);
          const judged = processor ? { compiled: processor.compile(settled), reason: processor.reason() } : judgedFor(written, target, options);
          reason = judged.reason;
          return judged.compiled;
        },
        whyNot: () => reason ?? { code: 'PIP002', message: 'a pipeline cannot process the rule' },
      };
    },
  };

  /** A target without a pipeline has nothing that could fill a placeholder which was kept for those of another: that is complained about. */
  function unprocessed(target: string): TargetProcessor {
    const made = empty.get(target) ?? createTargetProcessor(target, [], options);
    empty.set(target, made);
    return made;
  }
}

const hasPlaceholder = (settled: SettledRule): boolean => mentionsIn(settled).next().done === false;

interface TargetProcessor {
  readonly compile: (settled: SettledRule) => CompiledRule | undefined;
  /** Why the last rule was left out. */
  readonly reason: () => Pick<Complaint, 'code' | 'message'> | undefined;
}

/** What is wrong with a rule as such has been told: only what the pipelines make wrong is. */
function createTargetProcessor(target: string, pipelines: readonly Pipeline[], options: TargetCompilerOptions): TargetProcessor {
  const { bag, namedBy } = options;
  const found = createBag();
  const conversion = conversionVars(target, options.formats?.get(target));
  const process = createProcessor(pipelines, { bag: found, conversion, ...(namedBy ? { namedBy } : {}) });
  const combine = createCombiner(found);
  let reason: Pick<Complaint, 'code' | 'message'> | undefined;
  return {
    compile(settled) {
      reason = undefined;
      const processed = process(settled);
      const compiled = processed && combine(processed);
      for (const { file, code, message, span, hint } of found.list.splice(0)) {
        if (compiled !== undefined) continue;
        reason ??= { code, message };
        const where = file.path === settled.rule.file.path ? '' : `; in the rule "${settled.rule.title}"`;
        bag.add(file, { code, message: `${target}: ${message}${where}`, span, hint, target });
      }
      if (!compiled) return undefined;
      const judged = judgedFor(compiled, target, options);
      reason = judged.reason;
      return judged.compiled;
    },
    reason: () => reason,
  };
}

interface Judged {
  /** Undefined: it is left out. */
  readonly compiled: CompiledRule | undefined;
  readonly reason?: Pick<Complaint, 'code' | 'message'>;
}

/** A rule whose truth no event changes is complained about, and left out unless the configuration has it switched off. */
function judgedFor(compiled: CompiledRule, target: string, { bag, unmatchable }: TargetCompilerOptions): Judged {
  const constant = constantTruth(compiled);
  if (!constant) return { compiled };
  const { code, message, file, span } = constant;
  const kept = unmatchable === 'disable';
  const outcome = kept ? 'it is switched off' : 'it is left out';
  bag.add(file, { code, message: `${target}: ${message}; ${outcome}`, span, target, ...(kept ? { hint: hintsOfKept[code] } : {}) });
  return { compiled: kept ? compiled : undefined, reason: { code, message } };
}

const hintsOfKept = {
  PIP007: 'Map the field in a pipeline of your own if your events have it; without `unmatchable: disable` such rules are left out.',
  PIP008: 'Add a selection that an event must have; without `unmatchable: disable` such rules are left out.',
} as const;
