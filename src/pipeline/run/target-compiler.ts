import {
  type CompiledRule,
  createCombiner,
  createSettler,
  type SettledRule,
} from '../../query/compile.ts';
import type { Collection, Rule } from '../../sigma/collection/collection.ts';
import type { Pattern } from '../../sigma/value/pattern.ts';
import {
  createBag,
  type Diagnostic,
  type DiagnosticBag,
  type NewDiagnostic,
} from '../../source/diagnostic.ts';
import type { Pipeline } from '../pipeline.ts';
import { constantTruth } from './constant-truth.ts';
import { mentionsIn } from './placeholder-left.ts';
import { conversionVars, createProcessor, type ProcessOptions } from './process.ts';

export interface TargetCompilerOptions {
  readonly collection: Collection;
  readonly placeholders: ReadonlyMap<string, readonly Pattern[]>;
  readonly bag: DiagnosticBag;
  /** By name of the target; none: its rules keep their names. */
  readonly pipelines: ReadonlyMap<string, readonly Pipeline[]>;
  /**
   * Formats that queries are written in, by name of the target; the default where none is given.
   * Templates may ask for it.
   */
  readonly formats?: ReadonlyMap<string, string>;
  /** See {@link ProcessOptions}. */
  readonly namedBy?: ProcessOptions['namedBy'];
  readonly usualNames?: ProcessOptions['usualNames'];
  /**
   * What becomes of a rule that no event of a target's product can fulfil; default: it is left out
   * of the target.
   */
  readonly unmatchable?: Unmatchable;
}

export type Unmatchable = 'leave-out' | 'disable';

/** A rule as written and what each target makes its query of. */
export interface TargetCompiler {
  /** Without any pipeline: what the rule is about. Undefined where it has been reported. */
  readonly compile: (rule: Rule) => TargetedRule | undefined;
}

export interface TargetedRule {
  readonly written: CompiledRule;
  readonly forTarget: (target: string) => ForTarget;
}

/** A rule as a target's pipelines make it; what is wrong with it has been reported. */
export type ForTarget =
  /** `off`: no event changes its truth, and the configuration wants such rules switched off. */
  | { readonly compiled: CompiledRule; readonly off: boolean }
  /** It is left out, for this reason. */
  | { readonly compiled: undefined; readonly reason: Pick<NewDiagnostic, 'code' | 'message'> };

/**
 * Settles each rule once, whatever the number of targets; targets without a pipeline share its
 * query.
 */
export function createTargetCompiler(options: TargetCompilerOptions): TargetCompiler {
  const { collection, placeholders, bag, pipelines } = options;
  const keepPlaceholders = [...pipelines.values()].some((list) => list.length > 0);
  const settle = createSettler(collection, { placeholders, bag, keepPlaceholders });
  const combined = createCombiner(bag);
  const processors = new Map<string, TargetProcessor>();
  for (const [target, list] of pipelines)
    if (list.length > 0) processors.set(target, createTargetProcessor(target, list, options));
  const empty = new Map<string, TargetProcessor>();
  return {
    compile(rule) {
      const settled = settle(rule);
      const written = settled && combined(settled);
      if (!settled || !written) return undefined;
      const processorOf = (target: string): TargetProcessor | undefined =>
        processors.get(target) ??
        (keepPlaceholders && hasPlaceholder(settled) ? unprocessed(target) : undefined);
      return {
        written,
        forTarget: (target) => processorOf(target)?.(settled) ?? judged(written, target, options),
      };
    },
  };

  /**
   * A target without a pipeline has nothing that could fill a placeholder which was kept for those
   * of another: that is reported.
   */
  function unprocessed(target: string): TargetProcessor {
    const made = empty.get(target) ?? createTargetProcessor(target, [], options);
    empty.set(target, made);
    return made;
  }
}

const hasPlaceholder = (settled: SettledRule): boolean => mentionsIn(settled).next().done === false;

type TargetProcessor = (settled: SettledRule) => ForTarget;

/** What is wrong with a rule as such has been told: only what the pipelines make wrong is. */
function createTargetProcessor(
  target: string,
  pipelines: readonly Pipeline[],
  options: TargetCompilerOptions,
): TargetProcessor {
  const { bag, namedBy, usualNames } = options;
  const found = createBag();
  const conversion = conversionVars(target, options.formats?.get(target));
  const process = createProcessor(pipelines, {
    bag: found,
    conversion,
    ...(namedBy ? { namedBy } : {}),
    ...(usualNames ? { usualNames } : {}),
  });
  const combine = createCombiner(found);
  return (settled) => {
    const processed = process(settled);
    const compiled = processed && combine(processed);
    const diagnostics = found.list.splice(0);
    if (compiled) {
      for (const diagnostic of diagnostics)
        if (diagnostic.code === 'SIG026') addOnce(bag, diagnostic);
      return judged(compiled, target, options);
    }
    for (const { file, code, message, span, hint } of diagnostics) {
      const where =
        file.path === settled.rule.file.path ? '' : `; in the rule "${settled.rule.title}"`;
      bag.add(file, { code, message: `${target}: ${message}${where}`, span, hint, target });
    }
    const [first] = diagnostics;
    return {
      compiled,
      reason: first
        ? { code: first.code, message: first.message }
        : { code: 'PIP002', message: 'a pipeline cannot process the rule' },
    };
  };
}

/** Pipelines of two targets often give the same values. */
function addOnce(bag: DiagnosticBag, { file, ...diagnostic }: Diagnostic): void {
  const isKnown = bag.list.some(
    ({ code, span, file: { path } }) =>
      code === diagnostic.code && path === file.path && span.start === diagnostic.span.start,
  );
  if (!isKnown) bag.add(file, diagnostic);
}

/**
 * A rule whose truth no event changes is reported, and left out unless the configuration
 * has it switched off.
 */
function judged(
  compiled: CompiledRule,
  target: string,
  { bag, unmatchable }: TargetCompilerOptions,
): ForTarget {
  const constant = constantTruth(compiled);
  if (!constant) return { compiled, off: false };
  const { code, message, file, span } = constant;
  const off = unmatchable === 'disable';
  const outcome = off ? 'it is switched off' : 'it is left out';
  bag.add(file, {
    code,
    message: `${target}: ${message}; ${outcome}`,
    span,
    target,
    ...(off ? { hint: hintsOfKept[code] } : {}),
  });
  return off ? { compiled, off } : { compiled: undefined, reason: { code, message } };
}

const hintsOfKept = {
  PIP007:
    'Map the field in a pipeline of your own if your events have it; without `unmatchable: ' +
    'disable` such rules are left out.',
  PIP008:
    'Add a selection that an event must have; without `unmatchable: disable` such rules are ' +
    'left out.',
} as const;
