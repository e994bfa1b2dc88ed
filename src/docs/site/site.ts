import type { RegisteredTarget } from '../../backend/registry.ts';
import type { PackFile } from '../../pack/model/detection.ts';
import type { Render } from '../../pack/render/template.ts';
import { type CompiledRule, logSourcesOf } from '../../query/compile.ts';
import type { Rule } from '../../sigma/collection/collection.ts';
import { ruleMarkdown } from '../rule-markdown.ts';
import { type Convert, inSectionOrder, rulePage } from '../rule-page.ts';
import { countAttack } from './matrix.ts';
import { navigatorLayer } from './navigator.ts';
import { readable } from './readable.ts';
import type { Relations } from './relations.ts';
import { ruleHtml } from './rule-html.ts';
import type { RuleRecord } from './rule-record.ts';
import { type IndexEntry, indexEntry, indexHtml, indexMarkdown } from './site-index.ts';
import { createSourcePages, sourceHtml } from './source-pages.ts';
import { statisticsHtml } from './statistics.ts';

export const docsFormats = ['md', 'html'] as const;
export type DocsFormat = (typeof docsFormats)[number];

export interface DocsInput {
  readonly title: string;
  /** Consumed one by one: a rule can be released once its page is rendered. */
  readonly rules: Iterable<CompiledRule>;
  /** File name of a rule's page without the extension; unique. */
  readonly slugOf: (rule: Rule) => string;
  readonly targets: readonly RegisteredTarget[];
  readonly convert: Convert;
  /** Names of targets whose queries come first on the HTML pages. */
  readonly first: readonly string[];
  /** What other rules of the site have to do with a rule. */
  readonly relationsOf: (rule: Rule) => Relations;
  /** What the project knows of a rule beyond the rule itself. */
  readonly recordOf: (compiled: CompiledRule) => RuleRecord;
  readonly format: DocsFormat;
  readonly render: Render;
  /** Bytes of files that are not templates: `docs/site.css`, `docs/site.js`. */
  readonly assets: ReadonlyMap<string, Uint8Array>;
}

const siteAssets = ['site.css', 'site.js'];

/**
 * All files of the site: a page for each rule under `rules/`, then the index, the ATT&CK Navigator
 * layer and the assets of the HTML.
 */
export function* docsFiles(input: DocsInput): Generator<PackFile> {
  const { title, format, convert, slugOf, first, relationsOf, recordOf } = input;
  const render: Render = (name, context) =>
    input.render(`docs/${name}.hbs`, format === 'html' ? readable(context) : context);
  const targets = inSectionOrder(input.targets);
  const entries: IndexEntry[] = [];
  const sources = createSourcePages();
  for (const compiled of input.rules) {
    const page = rulePage(compiled, slugOf(compiled.rule), targets, convert);
    const record = recordOf(compiled);
    const entry = indexEntry(compiled, page, record.tests ?? []);
    entries.push(entry);
    sources.add(logSourcesOf(compiled), entry);
    yield {
      path: `rules/${page.slug}.${format}`,
      content:
        format === 'md'
          ? ruleMarkdown(page, render)
          : ruleHtml(
              {
                page,
                siteTitle: title,
                relations: relationsOf(compiled.rule),
                record,
                first,
                sourceSlug: sources.slugOf,
              },
              render,
            ),
    };
  }
  const site = { title, entries: sorted(entries), count: countAttack(entries) };
  yield {
    path: `index.${format}`,
    content: format === 'md' ? indexMarkdown(site, render) : indexHtml(site, render),
  };
  yield { path: 'layer.json', content: navigatorLayer(title, site.count) };
  if (format === 'html') {
    const pages = sources.all();
    for (const page of pages) yield sourceHtml(page, title, render);
    yield statisticsHtml({ ...site, sources: pages }, render);
    for (const name of siteAssets) yield asset(name, input.assets);
  }
}

/** By title, regardless of case. */
function sorted(entries: readonly IndexEntry[]): readonly IndexEntry[] {
  const keyed = entries.map((entry) => ({
    entry,
    key: `${entry.title.toLowerCase()}\n${entry.slug}`,
  }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ entry }) => entry);
}

function asset(name: string, assets: ReadonlyMap<string, Uint8Array>): PackFile {
  const content = assets.get(`docs/${name}`);
  if (content === undefined) throw new Error(`templates/docs/${name} is missing`);
  return { path: name, content };
}
