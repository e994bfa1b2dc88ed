import type { Span } from '../source/span.ts';

/** A text in place of a part of another one. */
export interface TextEdit extends Span {
  readonly text: string;
}

/** The text after edits, none of which overlap. */
export const edited = (text: string, edits: readonly TextEdit[]): string =>
  edits
    .toSorted((a, b) => b.start - a.start)
    .reduce((rest, edit) => rest.slice(0, edit.start) + edit.text + rest.slice(edit.end), text);
