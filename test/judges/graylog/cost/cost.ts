/**
 * node test/judges/graylog/ingest-cost.ts VERSION... [--messages N]: what pipeline rules cost a real
 * Graylog server, for a person: CPU of its process for each message over that without rules, for
 * 500, 1,415 and all rules of the corpus and for messages with and without rules of their own; the
 * server's own time in pipelines; seconds to install and to remove; memory. Nothing else should run
 * on the machine; the load is printed with each line.
 */
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { CompiledDetection } from '../../../src/query/compile.ts';
import { compileFolders } from '../../compile.ts';
import { ingested, planOf } from '../../ingest-agreement.ts';
import type { TestEvent } from '../../matcher.ts';
import { corpusFolders } from '../corpus.ts';
import { asGraylogKeeps } from '../opensearch-mappings.ts';
import { recordedEvents } from '../proof-data.ts';
import { installPlans, pipelinesLoaded, removePlans, seconds } from './ingest-server.ts';
import { detectionsStream } from './ingest-sets.ts';
import { createStream, removeStream } from './objects.ts';
import { type GraylogServer, type Json, judge, onEachGraylog, sendAllGelf } from './server.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { messages: { type: 'string', default: '10000' } },
});
const count = Number(values.messages);
process.argv = [...process.argv.slice(0, 2), ...positionals];

/** Messages of one kind, each with a number that makes it another one. */
function repeated(events: readonly TestEvent[]): readonly Json[] {
  return Array.from({ length: count }, (_, number) => ({
    ...events[number % events.length],
    RecordNumber: String(number),
  }));
}

const stored = recordedEvents
  .map(({ event }) => asGraylogKeeps(event))
  .filter((event) => event !== undefined);
const isCreation = ({ EventID, Channel }: TestEvent): boolean =>
  (EventID === 1 && String(Channel).includes('Sysmon')) || EventID === 4688;
const kinds = [
  ['process creation', repeated(stored.filter(isCreation))],
  ['other Windows events', repeated(stored.filter((event) => !isCreation(event)))],
  [
    'web server',
    repeated([
      {
        'cs-method': 'GET',
        'cs-uri-stem': '/index.html',
        'cs-uri-query': 'page=3&lang=en',
        'cs-user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0',
        'c-ip': '203.0.113.7',
        'sc-status': 200,
      },
    ]),
  ],
] as const;

const all = compileFolders(corpusFolders).filter((rule) => rule.kind === 'detection');
const creation = all.filter(({ rule }) => rule.logsource.category === 'process_creation');
const windows = creation.filter(({ rule }) => rule.logsource.product === 'windows');
const every = (rules: readonly CompiledDetection[], wanted: number): readonly CompiledDetection[] =>
  rules.filter(
    (_, at) =>
      Math.floor((at * wanted) / rules.length) !== Math.floor(((at - 1) * wanted) / rules.length),
  );
const steps = [
  ['no rules', []],
  ['500 of all', every(all, 500)],
  ['process creation of Windows', windows],
  ['half of all', every(all, Math.floor(all.length / 2))],
  ['all', all],
] as const;

const pid = (): string => readFileSync(join(judge, 'run', 'graylog.pid'), 'utf8').trim();
const ticks = 100;

/** User and system seconds of the server's process. */
function cpu(): number {
  const fields = readFileSync(`/proc/${pid()}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticks;
}

const memory = (): string =>
  /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid()}/status`, 'utf8'))?.[1] ?? '0';

/** The server's own time in pipelines: messages so far and their mean in milliseconds. */
async function executionTime(server: GraylogServer): Promise<string> {
  const name = 'org.graylog.plugins.pipelineprocessor.processors.PipelineInterpreter.executionTime';
  const { time } = (await server.call('GET', `/system/metrics/${name}`)) as {
    readonly time?: Json;
  };
  return `median of the recent ${(Number(time?.median ?? time?.['50th_percentile'] ?? 0) / 1000).toFixed(2)} ms`;
}

async function written(server: GraylogServer): Promise<number> {
  const found = await server.search('graylog_*/_count', '{}');
  return Number(found.count);
}

/** CPU milliseconds a message. */
async function measured(server: GraylogServer, messages: readonly Json[]): Promise<number> {
  const before = await written(server);
  const start = cpu();
  await sendAllGelf(server, messages);
  while ((await written(server)) < before + messages.length) await sleep(500);
  return ((cpu() - start) * 1000) / messages.length;
}

await onEachGraylog(async (server) => {
  const stream = await createStream(server, detectionsStream);
  const base = new Map<string, number>();
  for (const [name, rules] of steps) {
    const choice = { pack: 'cost', detectionsStream };
    const plan = planOf(ingested(rules, { ...choice, keywordFields: [] }).rules, choice);
    if (rules.length > 0) await installPlans(server, [plan]);
    await pipelinesLoaded(server);
    for (const [kind, messages] of kinds) {
      // the compilers of the JVM are done after some thousand
      await measured(server, messages.slice(0, Math.ceil(count / 3)));
      const cost = await measured(server, messages);
      if (rules.length === 0) base.set(kind, cost);
      const over = cost - (base.get(kind) ?? 0);
      console.log(
        `graylog ${server.version}: ${name}, ${rules.length} rules, ${plan.rules.length} texts: ${kind}: ${cost.toFixed(2)} ms of CPU a message, ${over.toFixed(2)} over none; pipelines ${await executionTime(server)}; ${Math.round(Number(memory()) / 1024)} MB; load ${loadavg()[0]?.toFixed(1)}`,
      );
    }
    const start = performance.now();
    if (rules.length > 0) await removePlans(server);
    console.log(`graylog ${server.version}: removed in ${seconds(start)} s`);
  }
  await removeStream(server, stream);
});
