import { describe, expect, it } from 'vitest';
import { csvRows } from '../../src/install/splunk/lookup-search.ts';
import type { SplunkDetection } from '../../src/pack/model/detection.ts';
import { readConf } from '../../src/pack/render/conf-reader.ts';
import { readTar } from '../archives.ts';
import { compiledRules, documentsOf, recordedAs, rulePaths } from '../judges/proof-data.ts';
import { compileSpl } from '../judges/spl/spl.ts';
import type { Event } from '../judges/spl/value.ts';
import { type BuiltPack, packOf } from '../pack-of.ts';

const pipelines = ['windows-sysmon', 'splunk-windows-xml'];
const configText = `targets: [splunk]
pipelines: { splunk: [${pipelines}] }
overBudget: warn
splunk: { grouping: log-source }
`;

/** Runs a search of the app, with its macros and lookups. */
async function runner({ artifacts }: BuiltPack) {
  const [app] = [...artifacts.values()].filter(({ path }) => path.endsWith('.spl'));
  const entries = await readTar(app?.content ?? new Uint8Array());
  const files = new Map(
    entries.map(({ header, text }) => [header.name.replace(/^[^/]+\//, ''), text]),
  );
  const macros = new Map(
    [...readConf(files.get('default/macros.conf') ?? '').stanzas].map(([name, settings]) => [
      name,
      settings.get('definition') ?? '',
    ]),
  );
  const tables = new Map(
    [...files]
      .filter(([path]) => path.startsWith('lookups/'))
      .map(([path, text]) => {
        const [names = [], ...rows] = csvRows(text);
        const table = rows.map((row): Event =>
          Object.fromEntries(names.map((name, at) => [name, row[at] ?? ''])),
        );
        return [path.replace(/^lookups\/|\.csv$/g, ''), table];
      }),
  );
  return (search: string, events: readonly Event[]) =>
    compileSpl(search, { macros, tables }).run(events);
}

/** As it was recorded, at a time, on a machine. */
const inSplunk = (event: Readonly<Record<string, unknown>>, index: number): Event =>
  ({
    ...event,
    source: `XmlWinEventLog:${event.Channel}`,
    host: String(event.Computer ?? 'collector'),
    _time: 1_700_000_000 + (index % 50),
    _raw: Object.values(event).join(' '),
  }) as Event;

/** Rows by the entities that they are about. */
const byEntity = ({ detection }: SplunkDetection, rows: readonly Event[]) =>
  new Map(
    rows.map((row) => [
      JSON.stringify(detection.alert?.entities.map(({ field }) => row[field])),
      row,
    ]),
  );

describe('the results of grouped searches', () => {
  it('are those of the single searches, over recorded events and near misses', async () => {
    const built = await packOf(rulePaths, configText);
    const run = await runner(built);
    const rules = compiledRules(pipelines);
    const recorded = recordedAs('splunk-windows-xml');
    const events = documentsOf(recorded, rules, (event) => event).list.map(inSplunk);
    const wrong: string[] = [];
    let results = 0;
    for (const { name, search, members } of built.pack.groups.groups) {
      const rows = Map.groupBy(run(search, events), ({ sigma_rule }) => sigma_rule);
      for (const member of members) {
        const single = byEntity(member, run(member.search, events));
        const grouped = byEntity(member, rows.get(member.detection.id) ?? []);
        results += single.size;
        const title = `${member.detection.name} in ${name}`;
        if (single.size !== grouped.size) wrong.push(`${title}: ${grouped.size} rows`);
        for (const [entity, row] of single) {
          const other = grouped.get(entity) ?? {};
          for (const [field, value] of Object.entries(row))
            if (JSON.stringify(value) !== JSON.stringify(other[field]))
              wrong.push(`${title}, ${entity}: ${field} is ${JSON.stringify(other[field])}`);
          if (other.sigma_title !== member.detection.rule.title)
            wrong.push(`${title}: its title is ${JSON.stringify(other.sigma_title)}`);
        }
      }
    }
    expect(wrong.slice(0, 5)).toEqual([]);
    expect(built.pack.groups.groupOf.size).toBeGreaterThan(90);
    expect(results).toBeGreaterThan(130);
  });
});
