/**
 * node test/judges/graylog/cost/cost.ts VERSION... [--mode ingest|search] [--messages N] [--rules N]
 * [--minutes N] [--stored N] [--settle]: what both modes of a content pack with all rules of the
 * corpus cost a
 * real Graylog server, for a person. At ingest: CPU of the server for each message over that without
 * rules, for more and more rules, by kinds of messages; seconds to install, to upgrade and to
 * uninstall; memory. In search mode: CPU of the server and of its OpenSearch node for a run of a
 * definition, over stored messages. Nothing else should run on the machine; the load is printed with
 * each line.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createBag } from '../../../../src/source/diagnostic.ts';
import { findRuleFiles } from '../../../rule-files.ts';
import { corpusFolders } from '../../corpus.ts';
import { seconds } from '../ingest-server.ts';
import { type GraylogServer, type Json, onEachGraylog, sendAllGelf } from '../server.ts';
import { cpuOf, memoryOf, restartServer } from '../server-process.ts';
import { messageKinds } from './messages.ts';
import { CostPack } from './pack.ts';
import { storeMessages } from './stored.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    messages: { type: 'string', default: '6000' },
    // of search mode
    rules: { type: 'string', default: '400' },
    minutes: { type: 'string', default: '4' },
    stored: { type: 'string', default: '200000' },
    // one of the two
    mode: { type: 'string', default: 'both' },
    // waits until the rules are parsed for the last time after an install
    settle: { type: 'boolean', default: false },
  },
});
process.argv = [...process.argv.slice(0, 2), ...positionals];
const kinds = messageKinds(Number(values.messages));

const files = findRuleFiles(corpusFolders, createBag());
/** So many of the files, from all folders. */
const some = (wanted: number): readonly string[] =>
  files.filter(
    (_, at) =>
      Math.floor((at * wanted) / files.length) !== Math.floor(((at - 1) * wanted) / files.length),
  );
const steps = [
  ['500 of all', some(500)],
  ['process creation', files.filter((path) => path.includes('/process_creation/'))],
  ['all', files],
] as const;

/** The load of the last minute. */
const load = (): string => (loadavg()[0] ?? 0).toFixed(1);

const written = async (server: GraylogServer): Promise<number> =>
  Number(
    (await server.search('graylog_*/_count', '{"query":{"exists":{"field":"cost_n"}}}')).count,
  );

/** CPU milliseconds of the server in a second in which no message comes. */
async function idleCost(): Promise<number> {
  const start = cpuOf('graylog');
  await sleep(20_000);
  return ((cpuOf('graylog') - start) * 1000) / 20;
}

/** CPU milliseconds of the server for a message, without what it needs when none comes. */
async function measured(
  server: GraylogServer,
  messages: readonly Json[],
  idle: number,
): Promise<number> {
  const before = await written(server);
  const [cpu, start] = [cpuOf('graylog'), performance.now()];
  await sendAllGelf(server, messages);
  // hits have no such field
  while ((await written(server)) < before + messages.length) await sleep(500);
  const spent = (cpuOf('graylog') - cpu) * 1000;
  return (spent - (idle * (performance.now() - start)) / 1000) / messages.length;
}

/** Mean milliseconds of a message in pipelines, by the server's own metric of the last minutes. */
async function interpreterTime(server: GraylogServer): Promise<string> {
  const name = 'org.graylog.plugins.pipelineprocessor.processors.PipelineInterpreter.executionTime';
  const { mean } = await server.call('GET', `/system/metrics/${name}`);
  return (Number(mean) * 1000).toFixed(2);
}

async function eachKind(
  server: GraylogServer,
  what: string,
  base: ReadonlyMap<string, number>,
): Promise<ReadonlyMap<string, number>> {
  const costs = new Map<string, number>();
  // the compilers of the JVM are done after some thousand
  for (const [, messages] of kinds) await measured(server, messages, 0);
  const idle = await idleCost();
  for (const [kind, messages] of kinds) {
    const cost = await measured(server, messages, idle);
    costs.set(kind, cost);
    const over = cost - (base.get(kind) ?? 0);
    const own = await interpreterTime(server);
    console.log(
      `graylog ${server.version}: ${what}: ${kind}: ${cost.toFixed(2)} ms of CPU a message, ${over.toFixed(2)} over none; ${own} ms in pipelines, says the server; idle ${idle.toFixed(0)} ms a second; ${memoryOf('graylog')} MB; load ${load()}`,
    );
  }
  return costs;
}

/** Waits until the server has parsed the pipeline rules as often as it will. */
async function settled(): Promise<{ readonly seconds: string; readonly cpu: string }> {
  const [first, start] = [cpuOf('graylog'), performance.now()];
  for (let quiet = 0; quiet < 2; ) {
    const cpu = cpuOf('graylog');
    await sleep(5000);
    quiet = cpuOf('graylog') - cpu < 1 ? quiet + 1 : 0;
  }
  return { seconds: seconds(start), cpu: (cpuOf('graylog') - first).toFixed(0) };
}

async function ingestMode(server: GraylogServer, pack: CostPack): Promise<void> {
  const base = await eachKind(server, 'no rules', new Map());
  for (const [name, paths] of steps) {
    const { text: rules } = await pack.build('1.0.0', 'ingest', paths);
    let start = performance.now();
    await pack.install('1.0.0');
    console.log(`graylog ${server.version}: ${name}: ${rules}, installed in ${seconds(start)} s`);
    if (values.settle) {
      const { seconds: waited, cpu } = await settled();
      console.log(
        `graylog ${server.version}: ${name}: settled after ${waited} s and ${cpu} s of CPU`,
      );
    }
    start = performance.now();
    await restartServer();
    console.log(`graylog ${server.version}: restarted in ${seconds(start)} s`);
    await eachKind(server, `${name}, ${rules}`, base);
    if (name === 'all') {
      await pack.build('1.0.1', 'ingest', paths.slice(1));
      start = performance.now();
      await pack.install('1.0.1');
      console.log(`graylog ${server.version}: one rule less in ${seconds(start)} s`);
    }
    start = performance.now();
    await pack.uninstall();
    console.log(`graylog ${server.version}: uninstalled in ${seconds(start)} s`);
  }
}

/** Runs of definitions and other jobs that the server's scheduler has finished. */
async function runsOf(server: GraylogServer): Promise<number> {
  const name = 'org.graylog.scheduler.JobExecutionEngine';
  const { metrics } = (await server.call('GET', `/system/metrics/namespace/${name}`)) as {
    readonly metrics: readonly { readonly full_name: string; readonly metric: Json }[];
  };
  return metrics
    .filter(({ full_name: full }) => full.endsWith('.successful'))
    .reduce((sum, { metric }) => sum + Number(metric.count), 0);
}

/**
 * CPU of the server and its node for a run of a definition, over messages that came at ten a
 * second.
 */
async function searchMode(server: GraylogServer, pack: CostPack): Promise<void> {
  const minutes = Number(values.minutes);
  const spent = async () => {
    const start = [cpuOf('graylog'), cpuOf('os')] as const;
    const runs = await runsOf(server);
    await sleep(minutes * 60_000);
    const cpu = [cpuOf('graylog') - start[0], cpuOf('os') - start[1]] as const;
    return { cpu, runs: (await runsOf(server)) - runs };
  };
  await storeMessages(server, Number(values.stored));
  await restartServer();
  await sleep(30_000);
  const idle = await spent();
  const { text } = await pack.build('2.0.0', 'search', some(Number(values.rules)));
  await pack.install('2.0.0');
  // the window of the first runs is short, and they fill caches
  await sleep(90_000);
  const busy = await spent();
  const runs = busy.runs - idle.runs;
  const each = busy.cpu.map((cpu, at) => (((cpu - (idle.cpu[at] ?? 0)) * 1000) / runs).toFixed(1));
  const still = idle.cpu.map((cpu) => ((cpu * 1000) / minutes / 60).toFixed(0));
  console.log(
    `graylog ${server.version}: search mode, ${values.stored} messages stored, ${text}, ${runs} runs in ${minutes} minutes: ${each[0]} ms of CPU of the server and ${each[1]} ms of the node a run; idle ${still.join(' and ')} ms a second; load ${load()}`,
  );
  await pack.uninstall();
}

await onEachGraylog(async (server) => {
  const folder = mkdtempSync(join(tmpdir(), 'sigpack-cost-'));
  try {
    const pack = await CostPack.create(folder, server);
    if (values.mode !== 'search') await ingestMode(server, pack);
    if (values.mode !== 'ingest') await searchMode(server, pack);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
