import { alwaysTrue } from '../query/always-true.ts';
import { type BlankCause, type BlankEvent, blankCause } from '../query/blank-event.ts';
import type { CompiledRule } from '../query/compile.ts';
import { failed } from '../source/result.ts';
import type { Conversion, Place, Unconverted } from './backend.ts';

/**
 * Refuses a rule that would find every event without its fields; undefined for others. `hint`: what
 * narrows it in this target.
 */
export function blankRefusal(
  compiled: CompiledRule,
  blank: BlankEvent,
  hint: string,
): Unconverted | undefined {
  const cause = blankCause(compiled, blank);
  if (cause === undefined) return undefined;
  const message = `the query finds ${foundBy(compiled, cause)}`;
  return failed([{ code: 'TGT005', message, ...placeOf(compiled), hint }]);
}

/** For a target whose events share no field, and whose queries don't say where to search. */
export const unnarrowed: BlankEvent = {
  emptyIsAbsent: false,
  always: () => false,
  isNarrowed: () => false,
};

/**
 * Warns of a rule whose query finds every event without its fields, where the query is only a text
 * and the user chooses where to search.
 */
export function withBlankDiagnostic<T>(
  conversion: Conversion<T>,
  compiled: CompiledRule,
  blank: BlankEvent,
): Conversion<T> {
  const cause = conversion.ok ? blankCause(compiled, blank) : undefined;
  if (!conversion.ok || cause === undefined) return conversion;
  const diagnostic = {
    code: 'TGT009',
    message: `the query by itself finds ${foundBy(compiled, cause)}`,
    ...placeOf(compiled),
  } as const;
  return { ...conversion, diagnostics: [...conversion.diagnostics, diagnostic] };
}

function placeOf(compiled: CompiledRule): Place {
  const { file } = compiled.rule;
  return {
    file,
    span:
      compiled.kind === 'detection'
        ? (compiled.rule.detection.conditions[0] ?? compiled.rule.detection.span)
        : compiled.rule.typeSpan,
  };
}

function foundBy(compiled: CompiledRule, cause: BlankCause): string {
  if (alwaysTrue(compiled)) return 'every event, whatever it holds';
  return cause === 'presence'
    ? 'every event: the rule only asks for what each of them has'
    : 'every event that has none of its fields: it only says what an event must not have';
}
