import type { PlaygroundDiagnostic } from '../messages.ts';
import type { EditorParts, RuleEditor } from './editor.ts';
import { element } from './elements.ts';

/** An editor that is made later. Until then, it holds the text. */
export interface LateEditor extends RuleEditor {
  readonly make: (create: (parts: EditorParts) => RuleEditor) => void;
}

export function lateEditor(parts: Omit<EditorParts, 'text'>): LateEditor {
  let made: RuleEditor | undefined;
  let text = '';
  let shown: readonly PlaygroundDiagnostic[] = [];
  return {
    make(create) {
      parts.parent.replaceChildren();
      made = create({ ...parts, text });
      made.show(shown);
    },
    text: () => (made ? made.text() : text),
    setText(next) {
      if (made) made.setText(next);
      else {
        text = next;
        parts.parent.replaceChildren(element('pre', { class: 'early' }, text));
      }
    },
    show(diagnostics) {
      if (made) made.show(diagnostics);
      else shown = diagnostics;
    },
    goTo: (offset) => made?.goTo(offset),
    apply: (fix) => made?.apply(fix),
  };
}
