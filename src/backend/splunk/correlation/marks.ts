import type { CompiledRule } from '../../../query/compile.ts';
import { type Place, refused } from '../../backend.ts';
import type { DataModel } from '../data-model.ts';

/** The field that is 1 at an event that a rule matches, or at which a correlation is fulfilled. */
export type Marks = Map<CompiledRule, string>;

/** A search with correlations as it grows. */
export interface Making {
  readonly marks: Marks;
  readonly steps: string[];
  readonly model: DataModel | undefined;
  /**
   * For the mark of a search, those of the searches before it that may have found the same event: a
   * field marks these ({@link alsoField}).
   */
  readonly also: ReadonlyMap<string, ReadonlySet<string>>;
}

export function markOf(part: CompiledRule, marks: Marks): string {
  if (part.kind === 'detection')
    for (const [known, mark] of marks) if (known.rule === part.rule) return mark;
  return marks.get(part) ?? '';
}

export const numberOf = (mark: string): number => Number(mark.slice('sigpack_m'.length));

/** The field that is 1 at an event of another search that the rule of this mark matches as well. */
export const alsoField = (mark: string): string => `sigpack_e${numberOf(mark)}`;

/** The marks of the rules that it refers to, each once. */
export const inputsOf = (parts: readonly CompiledRule[], marks: Marks): readonly string[] => [
  ...new Set(parts.map((inner) => markOf(inner, marks))),
];
export const anyOf = (inputs: readonly string[]): string =>
  inputs.map((input) => `${input}=1`).join(' OR ');

/** The name of a field that a search makes. */
export function newFieldName(name: string, place: Place): string {
  if (/^(?!sigpack_)[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return name;
  throw refused(
    place,
    `\`${name}\` can't be the name of an alias in Splunk`,
    'Use letters, digits and underscores, and no name that starts with sigpack_.',
  );
}
