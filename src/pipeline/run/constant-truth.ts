import { alwaysTrue } from '../../query/always-true.ts';
import type { CompiledRule } from '../../query/compile.ts';
import { neverTrue } from '../../query/never-true.ts';
import type { DiagnosticCode } from '../../source/code/catalogue.ts';
import { didYouMean } from '../../source/nearest.ts';
import { plural } from '../../source/plural.ts';
import type { SourceFile, Span } from '../../source/span.ts';

/** That no event of a rule's log source fulfils the rule, or that every event does. */
export interface ConstantTruth {
  readonly code: Extract<DiagnosticCode, 'PIP007' | 'PIP008'>;
  readonly message: string;
  readonly file: SourceFile;
  readonly span: Span;
  /** In place of that of the code. */
  readonly hint?: string;
}

/** Undefined for a rule whose truth depends on the event, as far as is known. */
export function constantTruth(compiled: CompiledRule): ConstantTruth | undefined {
  const { file, title, titleSpan } = compiled.rule;
  const never = neverTrue(compiled);
  if (never) {
    const lack = lackText(never.fields);
    const message = never.silence
      ? `"${title}" would be true all the time: what it counts is never there, as ${lack}`
      : `"${title}" can never be true: ${lack}`;
    return {
      code: 'PIP007',
      message,
      file: never.item?.file ?? file,
      span: never.fieldSpan ?? never.item?.span ?? titleSpan,
      ...(never.near === undefined ? {} : { hint: didYouMean(never.near) }),
    };
  }
  const always = alwaysTrue(compiled);
  if (!always || compiled.kind === 'correlation') return undefined;
  const why = always.fields.length === 0 ? '' : `: ${lackText(always.fields)}`;
  const { conditions, span } = compiled.rule.detection;
  return {
    code: 'PIP008',
    message: `"${title}" is true of every event of its log source${why}`,
    file,
    span: conditions[0] ?? span,
  };
}

function lackText(fields: readonly string[]): string {
  const names = fields.map((field) => `\`${field}\``).join(', ');
  return `the events of its log source have no ${plural(fields.length, 'field')} ${names}`;
}
