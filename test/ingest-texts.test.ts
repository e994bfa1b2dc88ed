import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readZip } from './archives.ts';
import { type BuiltPack, packOf, textOf } from './pack-of.ts';

const folder = join(import.meta.dirname, 'packs', 'ingest');
const config = readFileSync(join(folder, 'sigpack.yml'), 'utf8');
const parameter = config.replace('streams: [Windows, Linux]', 'streamParameter: STREAM');

const inStreamOfLogs = 'the stream stream of logs';

interface Described {
  readonly description: string;
  readonly parameters: readonly { readonly name: string; readonly description: string }[];
}

const built = (text: string): Promise<BuiltPack> => packOf([join(folder, 'rules')], text);
const packIn = (pack: BuiltPack): Described =>
  JSON.parse(textOf(pack, 'acme-1.2.0-graylog.json')) as Described;

async function readmeIn({ artifacts }: BuiltPack): Promise<string> {
  const zip = await readZip(Buffer.from(artifacts.get('acme-1.2.0.zip')?.content ?? []));
  const readme = zip.find(({ entry }) => entry.fileName.endsWith('/README.md'));
  return readme?.bytes.toString('utf8') ?? '';
}

test.each([
  ['titles', config, 'the streams Linux, Windows'],
  ['one title', config.replace('[Windows, Linux]', '[Windows]'), 'the stream Windows'],
  ['a title like words', config.replace('[Windows, Linux]', '[stream of logs]'), inStreamOfLogs],
  ['a parameter', parameter, 'the stream of the parameter STREAM'],
  [
    'a title in place of a parameter',
    `${parameter}defaults: { graylog: { streams: [stream of logs] } }\n`,
    inStreamOfLogs,
  ],
])('those who install a pack read what its pipelines test: %s', async (_, text, streams) => {
  const pack = await built(text);
  expect(packIn(pack).description).toContain(`test each message of ${streams} when it arrives`);
  const readme = await readmeIn(pack);
  expect(readme).toContain(`get connected to ${streams}. `);
  // one of the 8 is off
  expect(readme).toContain('for 7 detections');
  expect(readme).toContain('"Sigma detections (acme)"');
  expect(readme).toContain('`acme tuning`');
  expect(readme).not.toContain('keeps no track of event definitions');
});

test('the parameter names what is tested, and what is searched in the other mode', async () => {
  const described = async (text: string): Promise<unknown> =>
    packIn(await built(text)).parameters.find(({ name }) => name === 'STREAM')?.description;
  expect(await described(parameter)).toBe(
    'Title of the stream whose messages the pipelines of the pack test. It must exist, once.',
  );
  const search = parameter.replace('mode: ingest', 'mode: search');
  expect(await described(search)).toBe(
    'Title of the stream that the event definitions search. It must exist, once.',
  );
  const pack = await built(search);
  expect(packIn(pack).description).not.toContain('pipelines');
  expect(await readmeIn(pack)).toContain('keeps no track of event definitions');
});
