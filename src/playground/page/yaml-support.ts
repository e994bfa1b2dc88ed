import { indentService } from '@codemirror/language';
import { EditorState, type Extension, RangeSetBuilder } from '@codemirror/state';
import {
  Decoration,
  type DecorationSet,
  type EditorView,
  ViewPlugin,
  type ViewUpdate,
} from '@codemirror/view';
import { sigmaTokens, type TokenKind } from '../../docs/site/sigma-tokens.ts';

/** A grammar of YAML takes more room in the page than everything else here. */
export const yamlSupport: readonly Extension[] = [
  ViewPlugin.define((view) => highlighter(view), { decorations: ({ shown }) => shown }),
  indentService.of((context, at) => indentBelow(context.lineAt(at, -1).text)),
  EditorState.languageData.of(() => [{ commentTokens: { line: '#' } }]),
];

/** Columns: those of a key's values are two more, those next to a key in a list its own. */
function indentBelow(line: string): number {
  const [lead = ''] = /^\s*(?:-\s+)*/.exec(line) ?? [];
  const rest = line
    .slice(lead.length)
    .replace(/(?:^|\s)#.*$/, '')
    .trimEnd();
  if (/:(?:\s+[|>][+-]?\d?)?$/.test(rest)) return lead.length + 2;
  return /^[^\s'"#]+:\s/.test(rest) ? lead.length : line.search(/\S|$/);
}

interface Highlighter {
  readonly shown: DecorationSet;
  readonly update: (update: ViewUpdate) => void;
}

function highlighter(first: EditorView): Highlighter {
  let lines = linesOf(first);
  let shown = decorations(first, lines);
  return {
    get shown() {
      return shown;
    },
    update({ view, docChanged, viewportChanged }) {
      if (!docChanged && !viewportChanged) return;
      if (docChanged) lines = linesOf(view);
      shown = decorations(view, lines);
    },
  };
}

type Lines = ReturnType<typeof sigmaTokens>;

const linesOf = ({ state }: EditorView): Lines => sigmaTokens(state.doc.toString());

const marks: ReadonlyMap<TokenKind, Decoration> = new Map(
  (['key', 'string', 'comment', 'mark'] as const).map((kind) => [
    kind,
    Decoration.mark({ class: `t-${kind}` }),
  ]),
);

/** Of the lines that are in view. */
function decorations({ state: { doc }, visibleRanges }: EditorView, lines: Lines): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  for (const { from, to } of visibleRanges) {
    for (let at = from; at <= to; ) {
      const line = doc.lineAt(at);
      let start = line.from;
      for (const { kind, text } of lines[line.number - 1] ?? []) {
        const end = start + text.length;
        const mark = marks.get(kind);
        if (mark && end > from && start < to)
          builder.add(Math.max(start, from), Math.min(end, to), mark);
        start = end;
      }
      at = line.to + 1;
    }
  }
  return builder.finish();
}
