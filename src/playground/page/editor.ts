import {
  autocompletion,
  type CompletionContext,
  type CompletionResult,
  closeBrackets,
  completionKeymap,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { bracketMatching } from '@codemirror/language';
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import type { PlaygroundDiagnostic, PlaygroundFix } from '../messages.ts';
import type { Service } from './service.ts';
import { yamlSupport } from './yaml-support.ts';

/** The editor of the rule. */
export interface RuleEditor {
  readonly text: () => string;
  readonly setText: (text: string) => void;
  readonly show: (diagnostics: readonly PlaygroundDiagnostic[]) => void;
  readonly goTo: (offset: number) => void;
  readonly apply: (fix: PlaygroundFix) => void;
}

const kinds: Readonly<Record<string, string>> = {
  key: 'property',
  field: 'variable',
  modifier: 'keyword',
  reference: 'constant',
  value: 'text',
};

function completionSource(service: Service) {
  return async (context: CompletionContext): Promise<CompletionResult | null> => {
    const before = context.state.sliceDoc(Math.max(0, context.pos - 1), context.pos);
    if (!context.explicit && !/[\w.|*%]/.test(before)) return null;
    const found = await service.complete(context.state.doc.toString(), context.pos);
    if (!found || context.aborted) return null;
    return {
      from: found.start,
      filter: false,
      options: found.items.map(({ label, kind, detail, insert = label }) => ({
        label,
        type: kinds[kind] ?? 'text',
        apply: insert,
        ...(detail === undefined ? {} : { detail }),
      })),
    };
  };
}

/** What an editor is made of. */
export interface EditorParts {
  readonly parent: HTMLElement;
  readonly service: Service;
  readonly onChange: () => void;
  readonly text: string;
}

/** Tab leaves the editor, as everywhere in a page: Escape is not needed first. */
export function createEditor({ parent, service, onChange, text }: EditorParts): RuleEditor {
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        lintGutter(),
        history(),
        drawSelection(),
        bracketMatching(),
        closeBrackets(),
        highlightActiveLine(),
        // the library knows most characters that turn a text, and not these
        highlightSpecialChars({ addSpecialChars: /[\u202a-\u202c\u2068]/g }),
        yamlSupport,
        autocompletion({ override: [completionSource(service)] }),
        keymap.of([...completionKeymap, ...lintKeymap, ...defaultKeymap, ...historyKeymap]),
        EditorState.lineSeparator.of('\n'),
        EditorView.contentAttributes.of({
          'aria-label': 'Rule',
          spellcheck: 'false',
          tabindex: '0',
        }),
        EditorView.updateListener.of(({ docChanged }) => {
          if (docChanged) onChange();
        }),
      ],
    }),
  });
  const apply = ({ edits }: PlaygroundFix): void =>
    view.dispatch({
      changes: edits.map(({ start, end, text }) => ({ from: start, to: end, insert: text })),
    });
  const length = (): number => view.state.doc.length;
  return {
    text: () => view.state.doc.toString(),
    setText: (text) => view.dispatch({ changes: { from: 0, to: length(), insert: text } }),
    show(diagnostics) {
      const shown = diagnostics.flatMap((one): readonly Diagnostic[] => {
        const { start, end } = one.span;
        if (one.of !== 'rule' || end > length()) return [];
        return [
          {
            from: start,
            // what is about a whole section is marked at its first line
            to: Math.max(
              Math.min(end, view.state.doc.lineAt(start).to),
              Math.min(start + 1, length()),
            ),
            severity: one.severity,
            source: one.code,
            message: `${one.message}\n${one.hint}`,
            actions: one.fixes.map((fix) => ({ name: fix.title, apply: () => apply(fix) })),
          },
        ];
      });
      view.dispatch(setDiagnostics(view.state, shown));
    },
    goTo(offset) {
      view.dispatch({ selection: { anchor: Math.min(offset, length()) }, scrollIntoView: true });
      view.focus();
    },
    apply,
  };
}
