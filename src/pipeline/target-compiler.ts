import { type CompiledRule, createCombiner, createSettler, type SettledRule } from '../query/compile.ts';
import { type NeverTrue, neverTrue } from '../query/never-true.ts';
import type { Collection, Rule } from '../sigma/collection.ts';
import type { Pattern } from '../sigma/pattern.ts';
import { type Complaint, createBag, type DiagnosticBag } from '../source/diagnostic.ts';
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
      const processorOf = (target: string): TargetProcessor | undefined =>
        processors.get(target) ?? (keepPlaceholders && hasPlaceholder(settled) ? unprocessed(target) : undefined);
      return {
        written,
        forTarget: (target) => {
          const processor = processorOf(target);
          return processor ? processor.compile(settled) : written;
        },
        whyNot: (target) => processorOf(target)?.reason() ?? { code: 'PIP002', message: 'a pipeline cannot process the rule' },
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
  const { bag, namedBy, unmatchable = 'leave-out' } = options;
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
        bag.add(file, { code, message: `${target}: ${message}`, span, hint, target });
      }
      const never = compiled && neverTrue(compiled);
      if (!never) return compiled;
      const { file, span } = never.item ?? { file: compiled.rule.file, span: compiled.rule.titleSpan };
      reason = { code: 'PIP007', message: neverTrueText(compiled.rule.title, never) };
      const outcome = unmatchable === 'disable' ? 'it is switched off' : 'it is left out';
      bag.add(file, { code: reason.code, message: `${target}: ${reason.message}; ${outcome}`, span, target });
      return unmatchable === 'disable' ? compiled : undefined;
    },
    reason: () => reason,
  };
}

/** `"Title" can never be true: events of this log source have no field A` */
export function neverTrueText(title: string, { fields }: NeverTrue): string {
  const names = fields.map((field) => `\`${field}\``).join(', ');
  return `"${title}" can never be true: the events of its log source have no ${fields.length === 1 ? 'field' : 'fields'} ${names}`;
}
