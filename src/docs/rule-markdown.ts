import type { Render } from '../pack/template.ts';
import { fenceFor, markdownLink, markdownText } from './escape.ts';
import type { PageRow, RulePage } from './rule-page.ts';

/** The page as Markdown, from `rule.md.hbs`. All that comes from the rule is escaped here: Handlebars only lays out. */
export function ruleMarkdown(page: RulePage, render: Render): string {
  return render('rule.md', {
    rows: page.rows.map((row) => ({ name: markdownText(row.name).padEnd(20), cell: cellOf(row) })),
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

function cellOf({ text, items }: PageRow): string {
  if (items === undefined) return markdownText(text ?? '');
  return `<ul>${items.map((item) => `<li>${markdownLink(item.text, item.url)}</li>`).join('')}</ul>`;
}
