import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { readTar } from './archives.ts';
import { readStrictConf, tableOf } from './conf-reader.ts';
import { type Event, runSpl } from './judges/spl/spl.ts';
import { writeFiles } from './project-folder.ts';
import { sigpack } from './sigpack.ts';
import { type Panel, panelsOf, type Tokens, withTokens } from './splunk-view.ts';

/** A built app, whose panels are run by the reader of SPL. */
export interface App {
  readonly files: ReadonlyMap<string, string>;
  readonly tables: ReadonlyMap<string, readonly Event[]>;
  /** What the build says of it. */
  readonly said: string;
  panel(view: string, title: string): Panel;
  /** Rows of a panel; `tables`: other lookups than those of the app. */
  rows(
    view: string,
    title: string,
    events: readonly Event[],
    tokens?: Tokens,
    tables?: App['tables'],
  ): readonly Event[];
}

export const noon = Date.UTC(2026, 10, 29, 12) / 1000;
const range = { earliest: noon - 12 * 3600, latest: noon + 12 * 3600 };

/** What a build in a folder below `temporary` makes of rules by path; the app is called `acme`. */
export async function appOf(
  rules: Readonly<Record<string, string>>,
  config: string,
  temporary: string,
): Promise<App> {
  const cwd = mkdtempSync(join(temporary, 'project-'));
  writeFiles(cwd, {
    ...rules,
    'sigpack.yml': `id: acme\ntargets: [splunk]\npipelines: { splunk: none }\n${config}`,
  });
  const { code, stderr } = await sigpack(['build', '-o', 'out'], { cwd });
  expect(`${code} ${stderr}`).toMatch(/^0 /);
  const name = readdirSync(join(cwd, 'out')).find((path) => path.endsWith('.spl')) ?? '';
  const files = new Map(
    (await readTar(readFileSync(join(cwd, 'out', name)))).map(({ header, text }) => [
      header.name.replace('acme/', ''),
      text,
    ]),
  );
  const listed = (file: string): readonly Event[] =>
    [...readStrictConf(files.get(`default/${file}`) ?? '')].map(([title, settings]) => ({
      title,
      'eai:acl.app': 'acme',
      is_scheduled: settings.get('enableSched') ?? '0',
      ...Object.fromEntries(settings),
    }));
  const tables = new Map<string, readonly Event[]>([
    ...['detections', 'pages', 'attack'].map(
      (table) => [`acme_${table}`, tableOf(files.get(`lookups/acme_${table}.csv`) ?? '')] as const,
    ),
    ['/servicesNS/-/acme/saved/searches', listed('savedsearches.conf')],
    ['/servicesNS/nobody/acme/saved/searches', listed('savedsearches.conf')],
    ['/servicesNS/nobody/acme/configs/conf-macros', listed('macros.conf')],
  ]);
  const panel = (view: string, title: string): Panel => {
    const found = panelsOf(files.get(`default/data/ui/views/${view}.xml`) ?? '').find(
      (one) => one.title === title,
    );
    if (!found) throw new Error(`${view} has no panel ${title}`);
    return found;
  };
  return {
    files,
    tables,
    said: stderr,
    panel,
    rows: (view, title, events, tokens = {}, asked = tables) =>
      runSpl(
        withTokens(panel(view, title).query, { level: '*', tactic: '*', ...tokens }),
        events,
        { tables: asked },
        range,
      ),
  };
}
