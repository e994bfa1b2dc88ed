import type { RegisteredTarget } from '../backend/registry.ts';
import type { ConvertedEntry } from '../backend/target.ts';
import { createCountedWarnings } from '../pack/pipeline-report.ts';
import { conversionVars } from '../pipeline/run/process.ts';
import type { Collection, Rule } from '../sigma/collection/collection.ts';
import { ProcessingError } from '../work/processing-error.ts';
import { type ConversionContext, convertedEntries, targetedRules } from './entries.ts';
import { finalized } from './plain-format.ts';
import { targetSettings } from './target-settings.ts';

/** The text of rules in a target. */
export interface PrintedTarget {
  readonly target: string;
  /** As `sigpack convert` prints it: empty if the target expresses none of the rules. */
  readonly text: string;
  readonly entries: readonly ConvertedEntry[];
}

/**
 * Rules in several targets, each in its first format, as `sigpack convert` has them. Diagnostics go
 * to the bag of the context. `among`: the rules that are wanted; default: those that stand alone.
 */
export function printedTargets(
  targets: readonly RegisteredTarget[],
  collection: Collection,
  context: ConversionContext,
  among?: readonly Rule[],
): readonly PrintedTarget[] {
  const { config, pipelines, bag } = context;
  const formats = new Map(targets.map(({ name }) => [name, 'default']));
  const rules = targetedRules(collection, context, formats, among);
  const warnings = createCountedWarnings(bag);
  const printed = targets.map(({ name, convert, formats: [format] }): PrintedTarget => {
    const own = pipelines.get(name) ?? [];
    const settings = targetSettings(config, own);
    const entries = convertedEntries(
      rules,
      name,
      (compiled) => convert(compiled, settings),
      context,
      warnings,
    );
    try {
      const text = finalized(format, own, conversionVars(name, 'default')).print(entries);
      return { target: name, text, entries };
    } catch (error) {
      if (!(error instanceof ProcessingError)) throw error;
      const [first] = entries;
      // without an entry, there is no rule to report it at
      if (first) {
        const { file, titleSpan: span } = first.rule;
        bag.add(file, { code: 'PIP002', message: error.message, span, target: name });
      }
      return { target: name, text: '', entries };
    }
  });
  warnings.report();
  return printed;
}
