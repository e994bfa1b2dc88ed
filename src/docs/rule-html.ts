import type { Render } from '../pack/render/template.ts';
import type { RulePage } from './rule-page.ts';

/** The page as HTML, from `rule.html.hbs`, which escapes every text. */
export function ruleHtml(page: RulePage, siteTitle: string, render: Render): string {
  const textOf = (name: string): string => page.rows.find((row) => row.name === name)?.text ?? '';
  return render('rule.html', {
    siteTitle,
    title: page.title,
    description: textOf('Description').trim(),
    level: textOf('Severity Level'),
    status: textOf('Development Status'),
    rows: page.rows.map(({ name, text = '', items }) => ({
      name,
      text: text.trim(),
      isList: items !== undefined,
      items: items ?? [],
    })),
    source: page.source,
    sections: page.sections,
  });
}
