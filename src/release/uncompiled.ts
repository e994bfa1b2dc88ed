/** An error in a rule, whose detection is therefore missing in the packs. */
export interface Uncompiled {
  /** Relative to the configuration's folder. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly code: string;
  readonly message: string;
}

/** An error of one side of a diff. */
export interface SideUncompiled extends Uncompiled {
  /** The side's label. */
  readonly side: string;
}

/** The errors of both sides, those of the new one first; an error of both is listed once. */
export function uncompiledOf(
  before: UncompiledSide,
  after: UncompiledSide,
): readonly SideUncompiled[] {
  const now = (after.uncompiled ?? []).map((one) => ({ ...one, side: after.label }));
  const known = new Set(now.map(keyOf));
  const old = (before.uncompiled ?? []).filter((one) => !known.has(keyOf(one)));
  return [...now, ...old.map((one) => ({ ...one, side: before.label }))];
}

interface UncompiledSide {
  readonly label: string;
  readonly uncompiled?: readonly Uncompiled[];
}

const keyOf = ({ file, code, message }: Uncompiled): string => [file, code, message].join('\0');
