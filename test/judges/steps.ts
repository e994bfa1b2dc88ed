import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Step } from '../ci/steps.ts';
import { everyFault } from './every-fault.ts';
import { cache } from './places.ts';

/** What `test/judges/run.sh` takes. */
export const judges = [
  'appinspect',
  'graylog',
  'opensearch',
  'lucene',
  'watcher',
  'grep',
  'blank',
  'proof',
  'history',
  'install',
  'sigma-cli',
  'rule-sets',
  'ci-files',
] as const;
export type Judge = (typeof judges)[number];

const versions = (process.env.GRAYLOG_VERSIONS ?? '6.3.7 7.0.1')
  .split(' ')
  .filter((version) => version !== '');
const node = (script: string, ...args: readonly string[]): readonly [string, ...string[]] => [
  process.execPath,
  `test/judges/${script}`,
  ...args,
];

/**
 * The steps of the judges named. Those that wait for a server come first: they take longest and
 * need no core.
 */
export function judgeSteps(wanted: readonly Judge[]): readonly Step[] {
  const has = (judge: Judge): boolean => wanted.includes(judge);
  const steps: Step[] = [];
  if (has('graylog') || has('appinspect')) steps.push({ name: 'packs', command: node('packs.ts') });
  const graylog = graylogSteps(has);
  steps.push(...graylog, ...openSearchSteps(has, graylog[0]?.name));
  if (has('appinspect')) steps.push(appInspectStep);
  if (has('history')) steps.push({ name: 'history', command: node('history.ts') });
  if (has('sigma-cli'))
    steps.push(
      { name: 'sigma-cli', command: node('sigma-cli/sigma-cli.ts') },
      { name: 'sigma-cli check', command: node('sigma-check.ts') },
    );
  if (has('rule-sets')) steps.push({ name: 'rule-sets', command: node('rule-sets/rule-sets.ts') });
  if (has('ci-files')) steps.push({ name: 'ci-files', command: node('ci-files.ts') });
  if (has('grep')) steps.push({ name: 'grep', command: node('grep.ts') });
  if (has('blank')) steps.push({ name: 'blank', command: node('blank.ts') });
  if (has('lucene')) steps.push({ name: 'lucene', command: node('lucene/lucene.ts') });
  if (has('proof')) {
    steps.push(
      { name: 'proof splunk', command: node('proof-splunk.ts') },
      { name: 'proof grep', command: node('proof-grep.ts') },
    );
    steps.push({ name: 'proof correlations', command: node('proof-correlations.ts') });
    steps.push({
      name: 'proof page',
      command: node('proof-page.ts', ...versions),
      needs: steps.map(({ name }) => name).filter((name) => /\bproof\b/.test(name)),
    });
  }
  if (has('install'))
    steps.push(...everyFault(), { name: 'install splunk', command: node('install-splunk.ts') });
  return steps;
}

/**
 * AppInspect's checks for the cloud are among all its checks: the small app shows that they say the
 * same when they run alone.
 */
const appInspectStep: Step = {
  name: 'appinspect',
  command: [
    'bash',
    '-c',
    'exec bash test/judges/appinspect.sh "$0"/{corpus,processed,data-models,some-data-models,grouped}/*.spl --cloud "$0"/starter/*.spl',
    join('dist', 'judges'),
  ],
  needs: ['packs'],
};

/** A script of a judge, or one line that names what installs it. */
const installed = (
  judge: string,
  script: string,
  ...args: readonly string[]
): readonly [string, ...string[]] => [
  'bash',
  '-c',
  `[ -x "$1" ] || { echo "missing: $1; run bash test/judges/setup.sh $0" >&2; exit 2; }; exec "$@"`,
  judge,
  join(cache, 'judges', judge, script),
  ...args,
];

/**
 * Without the second compiler of the JVM a server starts in half the time, and without a parallel
 * collector it has no more threads than work; a node that searches for minutes pays for that.
 * Messages are indexed once a second, not twenty at a time, and all fit in a ring: what fills one
 * that is full tries again without a rest.
 */
const leanServer = {
  JAVA_TOOL_OPTIONS: '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC',
  GRAYLOG_OUTPUT_BATCH_SIZE: '500',
  GRAYLOG_RING_SIZE: '4096',
};

/** Stops a judge's server. */
const stopped = (...folder: readonly string[]): readonly [string, ...string[]] => [
  'bash',
  'test/judges/stop.sh',
  join(cache, 'judges', ...folder),
];

/** Whether this machine gives a process a network of its own: it needs root and iproute2. */
function hasOwnNetworks(): boolean {
  return spawnSync('unshare', ['--net', 'ip', 'link', 'set', 'lo', 'up']).status === 0;
}

/** How the server of a version is started, reached and stopped. */
interface GraylogCommands {
  readonly start: Step['command'];
  readonly run: (command: Step['command']) => Step['command'];
  readonly stop: Step['command'];
}

/** All servers listen on the same ports. */
function graylogCommands(version: string, ownNetwork: boolean): GraylogCommands {
  const inNetwork = (...command: readonly string[]): Step['command'] => [
    'bash',
    'test/judges/graylog/server.sh',
    version,
    ...command,
  ];
  return ownNetwork
    ? {
        start: inNetwork('start'),
        run: (command) => inNetwork(...command),
        stop: stopped('graylog', 'servers', version),
      }
    : {
        start: installed('graylog', 'start.sh', version),
        run: (command) => command,
        stop: stopped('graylog'),
      };
}

/** Names with "proof" in them, for which the page waits. */
const dayOfCorrelations = 'proof correlations';
const ingest = 'proof ingest';
const partsOf: Readonly<Record<string, readonly string[]>> = {
  graylog: ['packs', 'starter'],
  proof: ['proof', ingest],
  install: ['install', 'install-ingest'],
};
/** Parts during which a server computes all the time, which others would slow down too far. */
const busy = ['packs', ingest];
const scripts: Readonly<Record<string, string>> = {
  [dayOfCorrelations]: 'correlations',
  [ingest]: 'ingest',
};

/**
 * One server for each version, side by side where each can have a network of its own, else one
 * after the other. Each judge leaves it clean for the next.
 */
function graylogSteps(has: (judge: Judge) => boolean): readonly Step[] {
  const named = (['graylog', 'proof', 'history', 'install'] as const).filter(has);
  const shared = named.flatMap((judge) => partsOf[judge] ?? [judge]);
  if (shared.length === 0) return [];
  const ownNetwork = hasOwnNetworks();
  return versions.flatMap((version, index): readonly Step[] => {
    const name = (what: string): string => `graylog ${version} ${what}`;
    // a day of correlations on one version is enough; it is last, since the fields of its messages
    // stay in the index's mapping
    const parts =
      has('proof') && index === versions.length - 1 ? [...shared, dayOfCorrelations] : shared;
    const before = ownNetwork || index === 0 ? [] : [`graylog ${versions[index - 1]} stop`];
    const { start, run, stop } = graylogCommands(version, ownNetwork);
    return [
      {
        name: name('start'),
        command: start,
        env: leanServer,
        after: before,
        cores: 0,
      },
      ...parts.map(
        (part, at): Step => ({
          name: name(part),
          command: run(node(`graylog/${scripts[part] ?? part}.ts`, version)),
          env: { SIGPACK_GRAYLOG: version },
          needs: [name('start'), ...(part === 'packs' ? ['packs'] : [])],
          after: parts.slice(0, at).map(name),
          cores: busy.includes(part) ? 1 : 0,
        }),
      ),
      {
        name: name('stop'),
        command: stop,
        ends: name('start'),
        after: [name('start'), ...parts.map(name)],
        cores: 0,
      },
    ];
  });
}

/**
 * One node for all; the proof is last, since it lifts the node's limit of queries. It starts after
 * `before`: beside the starts of other servers it took longer than the minute that it has.
 */
function openSearchSteps(
  has: (judge: Judge) => boolean,
  before: string | undefined,
): readonly Step[] {
  const scripts = {
    opensearch: 'opensearch.ts',
    watcher: 'watcher.ts',
    'proof opensearch watches': 'proof-watches.ts',
    'proof opensearch': 'proof-opensearch.ts',
  };
  const parts = (
    ['opensearch', 'watcher', 'proof opensearch watches', 'proof opensearch'] as const
  ).filter((part) => has(part === 'opensearch' || part === 'watcher' ? part : 'proof'));
  if (parts.length === 0) return [];
  return [
    {
      name: 'opensearch start',
      command: installed('opensearch', 'start.sh'),
      after: before === undefined ? [] : [before],
      cores: 0,
    },
    ...parts.map(
      (part, at): Step => ({
        name: part,
        command: node(scripts[part]),
        needs: ['opensearch start'],
        after: parts.slice(0, at),
      }),
    ),
    {
      name: 'opensearch stop',
      command: stopped('opensearch'),
      ends: 'opensearch start',
      after: ['opensearch start', ...parts],
      cores: 0,
    },
  ];
}
