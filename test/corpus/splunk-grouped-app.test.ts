import { describe, expect, it } from 'vitest';
import type { SplunkDetection } from '../../src/pack/model/detection.ts';
import { readTar } from '../archives.ts';
import { definitionsIn, readStrictConf, tableOf } from '../conf-reader.ts';
import { compiledRules, documentsOf, recordedAs, rulePaths } from '../judges/proof-data.ts';
import { compileSpl } from '../judges/spl/spl.ts';
import type { Event } from '../judges/spl/value.ts';
import { type BuiltPack, packOf } from '../pack-of.ts';

const pipelines = ['windows-sysmon', 'splunk-windows-xml'];
const configText = (grouping: string): string => `targets: [splunk]
pipelines: { splunk: [${pipelines}] }
overBudget: warn
splunk: { grouping: ${grouping} }
`;

/** Runs a search of the app, with its macros and lookups. */
async function runner({ artifacts }: BuiltPack) {
  const [app] = [...artifacts.values()].filter(({ path }) => path.endsWith('.spl'));
  const entries = await readTar(app?.content ?? new Uint8Array());
  const files = new Map(
    entries.map(({ header, text }) => [header.name.replace(/^[^/]+\//, ''), text]),
  );
  const macros = definitionsIn(readStrictConf(files.get('default/macros.conf') ?? ''));
  const tables = new Map(
    [...files]
      .filter(([path]) => path.startsWith('lookups/'))
      .map(([path, text]) => [path.replace(/^lookups\/|\.csv$/g, ''), tableOf(text)]),
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

/** Where the rows of a detection in its group are others than those of its own search. */
function unlike(
  member: SplunkDetection,
  single: ReadonlyMap<string, Event>,
  grouped: ReadonlyMap<string, Event>,
): readonly string[] {
  const { name, rule } = member.detection;
  const rows = [...single].flatMap(([entity, row]) => {
    const other = grouped.get(entity) ?? {};
    return [...Object.entries(row), ['sigma_title', rule.title] as const]
      .filter(([field, value]) => JSON.stringify(value) !== JSON.stringify(other[field]))
      .map(([field]) => `${name}, ${entity}: ${field} is ${JSON.stringify(other[field])}`);
  });
  return single.size === grouped.size ? rows : [...rows, `${name}: ${grouped.size} rows`];
}

describe('the results of grouped searches', () => {
  it('are those of the single searches, over recorded events and near misses', async () => {
    const built = await packOf(rulePaths, configText('log-source'));
    const run = await runner(built);
    const rules = compiledRules(pipelines);
    const recorded = recordedAs('splunk-windows-xml');
    const events = documentsOf(recorded, rules, (event) => event).list.map(inSplunk);
    const wrong: string[] = [];
    let results = 0;
    for (const { search, members } of built.pack.groups.groups) {
      const rows = Map.groupBy(run(search, events), ({ sigma_rule }) => sigma_rule);
      for (const member of members) {
        const single = byEntity(member, run(member.search, events));
        const grouped = byEntity(member, rows.get(member.detection.id) ?? []);
        results += single.size;
        wrong.push(...unlike(member, single, grouped));
      }
    }
    // what is alone in its group is as without groups
    const plain = await packOf(rulePaths, configText('none'));
    const plainSearches = new Map(plain.pack.splunk.map((one) => [one.detection.id, one.search]));
    for (const alone of built.pack.splunk) {
      const { id } = alone.detection;
      if (built.pack.groups.groupOf.has(id)) continue;
      expect(alone.search).toBe(plainSearches.get(id));
      results += byEntity(alone, run(alone.search, events)).size;
    }
    expect(wrong.slice(0, 5)).toEqual([]);
    expect(built.pack.groups.groupOf.size).toBeGreaterThan(90);
    expect(results).toBeGreaterThan(130);
  });
});
