import { alwaysTrue } from '../query/always-true.ts';
import { type BlankEvent, findsBlankEvents } from '../query/blank-event.ts';
import type { CompiledRule } from '../query/compile.ts';
import type { Conversion } from './backend.ts';

/** Refuses a rule that would find every event without its fields; undefined for others. `hint`: what narrows it in this target. */
export function blankRefusal(compiled: CompiledRule, blank: BlankEvent, hint: string): (Conversion<never> & { readonly ok: false }) | undefined {
  if (!findsBlankEvents(compiled, blank)) return undefined;
  const { file } = compiled.rule;
  const span = compiled.kind === 'detection' ? (compiled.rule.detection.conditions[0] ?? compiled.rule.detection.span) : compiled.rule.typeSpan;
  const message = alwaysTrue(compiled)
    ? 'the query finds every event, whatever it holds'
    : 'the query finds every event that has none of its fields: it only says what an event must not have';
  return { ok: false, problems: [{ code: 'TGT005', message, file, span, hint }] };
}
