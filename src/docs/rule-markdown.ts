import type { Render } from '../pack/render/template.ts';
import { fenceFor, markdownLink, markdownText } from './escape.ts';
import type { PageRow, TargetSection } from './rule-page.ts';

/** The part of a page that the Markdown shows. */
export interface MarkdownPage {
  readonly rows: readonly PageRow[];
  readonly source: string;
  readonly sections: readonly Omit<TargetSection, 'description'>[];
}

const nameWidth = 20;

/** The page as Markdown, from `rule.md.hbs`. Texts of the rule are escaped here, not there. */
export function ruleMarkdown(page: MarkdownPage, render: Render): string {
  const rows = page.rows.map((row) => ({ name: rowName(row.name), cell: cellOf(row) }));
  return render('rule.md', {
    rows,
    table: tableOf(rows),
    fence: fenceFor(page.source),
    source: page.source,
    sections: page.sections.map(({ name, query, diagnostics }) => ({
      name: markdownText(name),
      query,
      fence: fenceFor(query),
      diagnostics: diagnostics.map(markdownText),
    })),
  });
}

// a cache: every page has the same few
const rowNames = new Map<string, string>();

function rowName(name: string): string {
  const known = rowNames.get(name);
  if (known !== undefined) return known;
  const shown = markdownText(name).padEnd(nameWidth);
  rowNames.set(name, shown);
  return shown;
}

/** One string: eleven rows would each cost Handlebars a block. The first row is the head. */
function tableOf(rows: readonly { readonly name: string; readonly cell: string }[]): string {
  let table = '';
  for (const { name, cell } of rows) {
    table +=
      table === ''
        ? `| ${name} | ${cell} |\n|:---------------------|:-----|\n`
        : `| ${name} | ${cell} |\n`;
  }
  return table;
}

const emptyCell = '<ul></ul>';

function cellOf({ text, items }: PageRow): string {
  if (items === undefined) return text === undefined || text === '' ? '' : markdownText(text);
  if (items.length === 0) return emptyCell;
  let list = '<ul>';
  for (const { text: shown, url } of items) list += `<li>${markdownLink(shown, url)}</li>`;
  return `${list}</ul>`;
}
