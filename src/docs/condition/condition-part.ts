/** A rule's condition for readers: its parts as combined, down to a field and its values. */
export type ConditionPart = ConditionGroup | ConditionTest;

/** `all`: each part holds, `any`: at least one does, `none`: not one does. */
export interface ConditionGroup {
  readonly kind: 'all' | 'any' | 'none';
  readonly parts: readonly ConditionPart[];
}

/** A field that is tested in one way, such as `Image ends with`. */
export interface ConditionTest {
  readonly kind: 'test';
  /** Undefined if the whole event is searched. */
  readonly field: string | undefined;
  /** What is between field and value: `ends with`, `is one of`. */
  readonly operation: string;
  /** Empty where the operation needs none, such as `is absent`. */
  readonly values: readonly string[];
  /** How values are combined, if there are several. */
  readonly link: 'any' | 'all';
}
