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
import { failed, ok, type Result } from '../../source/result.ts';
import type { Pipeline } from '../pipeline.ts';
import { constantTruth } from './constant-truth.ts';
import { mentionsIn } from './placeholder-left.ts';
import { conversionVars, createProcessor, type ProcessOptions } from './process.ts';

export interface TargetCompilerOptions {
  readonly collection: Collection;
  readonly placeholders: ReadonlyMap<string, readonly Pattern[]>;
  readonly bag: DiagnosticBag;
  /** By name of the target. Without one, its rules keep their names. */
  readonly pipelines: ReadonlyMap<string, readonly Pipeline[]>;
  /** Formats of queries that are not the default ones, by name of the target, for templates. */
  readonly formats?: ReadonlyMap<string, string>;
  /** See {@link ProcessOptions}. */
  readonly namedBy?: ProcessOptions['namedBy'];
  /** See {@link ProcessOptions}. */
  readonly usualNames?: ProcessOptions['usualNames'];
  /** See {@link ProcessOptions}. */
  readonly onStep?: ProcessOptions['onStep'];
  /** Called for a rule as it is for the target, before it may be left out for its truth. */
  readonly onCompiled?: (compiled: CompiledRule) => void;
  /** What becomes of a rule whose truth no event changes; default: the target leaves it out. */
  readonly unmatchable?: Unmatchable;
}

export type Unmatchable = 'leave-out' | 'disable';

export interface TargetCompiler {
  /** Undefined after a diagnostic. */
  readonly compile: (rule: Rule) => TargetedRule | undefined;
}

export interface TargetedRule {
  /** Without any pipeline: what the rule is about. */
  readonly written: CompiledRule;
  /** The error: why the target leaves it out, after diagnostics. */
  readonly forTarget: (target: string) => Result<TargetRule, LeftOut>;
}

/** A rule as a target's pipelines make it. */
export interface TargetRule {
  readonly compiled: CompiledRule;
  /** No event changes its truth, and the configuration wants such rules switched off. */
  readonly off: boolean;
}

export type LeftOut = Pick<NewDiagnostic, 'code' | 'message'>;

/** Settles each rule once for all targets; those without a pipeline share its query. */
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
        forTarget: (target) =>
          processorOf(target)?.(settled) ?? unlessConstant(written, target, options),
      };
    },
  };

  /** Reports placeholders that were kept for the pipelines of another target. */
  function unprocessed(target: string): TargetProcessor {
    const processor = empty.get(target) ?? createTargetProcessor(target, [], options);
    empty.set(target, processor);
    return processor;
  }
}

const hasPlaceholder = (settled: SettledRule): boolean => mentionsIn(settled).next().done === false;

type TargetProcessor = (settled: SettledRule) => Result<TargetRule, LeftOut>;

/** Diagnostics about a rule as written come from its settler: here they are the pipelines' own. */
function createTargetProcessor(
  target: string,
  pipelines: readonly Pipeline[],
  options: TargetCompilerOptions,
): TargetProcessor {
  const { bag, namedBy, usualNames, onStep } = options;
  const ownBag = createBag();
  const conversion = conversionVars(target, options.formats?.get(target));
  const process = createProcessor(pipelines, {
    bag: ownBag,
    conversion,
    ...(namedBy ? { namedBy } : {}),
    ...(usualNames ? { usualNames } : {}),
    ...(onStep ? { onStep } : {}),
  });
  const combine = createCombiner(ownBag);
  return (settled) => {
    const processed = process(settled);
    const compiled = processed && combine(processed);
    const diagnostics = ownBag.list.splice(0);
    if (compiled) {
      for (const diagnostic of diagnostics)
        if (diagnostic.code === 'SIG026') addOnce(bag, diagnostic);
      return unlessConstant(compiled, target, options);
    }
    for (const { file, code, message, span, hint } of diagnostics) {
      const where =
        file.path === settled.rule.file.path ? '' : `; in the rule "${settled.rule.title}"`;
      bag.add(file, { code, message: `${target}: ${message}${where}`, span, hint, target });
    }
    const [first] = diagnostics;
    return failed(
      first
        ? { code: first.code, message: first.message }
        : { code: 'PIP002', message: 'a pipeline cannot process the rule' },
    );
  };
}

/** The pipelines of two targets often give the same values. */
function addOnce(bag: DiagnosticBag, { file, ...diagnostic }: Diagnostic): void {
  const isKnown = bag.list.some(
    ({ code, span, file: { path } }) =>
      code === diagnostic.code && path === file.path && span.start === diagnostic.span.start,
  );
  if (!isKnown) bag.add(file, diagnostic);
}

/**
 * Reports a rule whose truth no event changes. It is left out, unless the configuration has it
 * switched off.
 */
export function unlessConstant(
  compiled: CompiledRule,
  target: string,
  {
    bag,
    unmatchable,
    onCompiled,
  }: Pick<TargetCompilerOptions, 'bag' | 'unmatchable' | 'onCompiled'>,
): Result<TargetRule, LeftOut> {
  onCompiled?.(compiled);
  const constant = constantTruth(compiled);
  if (!constant) return ok({ compiled, off: false });
  const { code, message, file, span } = constant;
  const off = unmatchable === 'disable';
  const hint = constant.hint ?? (off ? hintsOfKept[code] : undefined);
  const outcome = off ? 'it is switched off' : 'it is left out';
  bag.add(file, {
    code,
    message: `${target}: ${message}; ${outcome}`,
    span,
    target,
    hint,
  });
  return off ? ok({ compiled, off }) : failed({ code, message });
}

const hintsOfKept = {
  PIP007:
    'Map the field in a pipeline of your own if your events have it; ' +
    'without `unmatchable: disable` such rules are left out.',
  PIP008:
    'Add a selection that an event must have; ' +
    'without `unmatchable: disable` such rules are left out.',
} as const;
