import type { Render } from '../pack/template.ts';
import { fenceFor, markdownLink, markdownText } from './escape.ts';
import type { PageRow, RulePage } from './rule-page.ts';

/** The page as Markdown, from `rule.md.hbs`. All that comes from the rule is escaped here: Handlebars only lays out. */
export function ruleMarkdown(page: RulePage, render: Render): string {
  const rows = page.rows.map((row) => ({ name: markdownText(row.name).padEnd(20), cell: cellOf(row) }));
  return render('rule.md', {
    rows,
    table: tableOf(rows),
    fence: fenceFor(page.source),
    source: page.source,
    sections: page.sections.map(({ name, query, remarks }) => ({
      name: markdownText(name),
      query,
      fence: fenceFor(query),
      remarks: remarks.map(markdownText),
    })),
  });
}

/** One text: eleven rows would each cost Handlebars a block. The first row is the head. */
function tableOf([head, ...rows]: readonly { readonly name: string; readonly cell: string }[]): string {
  const line = ({ name, cell }: { readonly name: string; readonly cell: string }): string => `| ${name} | ${cell} |\n`;
  return head === undefined ? '' : `${line(head)}|:---------------------|:-----|\n${rows.map(line).join('')}`;
}

function cellOf({ text, items }: PageRow): string {
  if (items === undefined) return markdownText(text ?? '');
  let list = '<ul>';
  for (const { text: shown, url } of items) list += `<li>${markdownLink(shown, url)}</li>`;
  return `${list}</ul>`;
}
