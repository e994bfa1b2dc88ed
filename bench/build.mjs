// The build of both packs beside its floor, and how soon the command starts.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { buildCommand, builtFolder } from './builds.mjs';
import { figure } from './figures.mjs';
import { interleaved, measure, tableOf } from './measure.mjs';
import { ruleFolders, sigmaCli, sigpack, temporaryFolder } from './places.mjs';

const names = {
  help: '--help',
  floor: 'floor: read, parse to events, compress',
  packed: 'build of both packs',
  processed: 'build with the built-in pipelines',
};
/** The commands that each figure is about. */
const needs = {
  helpWall: ['help'],
  buildOverFloor: ['floor', 'packed'],
  pipelinesOverFloor: ['floor', 'processed'],
  buildMemory: ['packed'],
};

export function buildFigures({ all, only = Object.keys(needs) }) {
  const commands = {
    help: [...sigpack, '--help'],
    floor: floorCommand(),
    packed: buildCommand('none'),
    processed: buildCommand('splunk,graylog'),
  };
  const needed = new Set(only.flatMap((key) => needs[key]));
  const isNeeded = (name) => needed.has(name);
  const results = {
    ...interleaved(commands, 9, ['help'].filter(isNeeded)),
    // the floor is short, and both others are divided by it
    ...interleaved(commands, 3, ['floor', 'packed', 'floor', 'processed'].filter(isNeeded)),
  };
  const rows = Object.entries(results).map(([name, result]) => [names[name], result]);
  if (all && sigmaCli) rows.push(['sigma-cli, Splunk queries alone', measure(peerCommand())]);
  console.log(`\nbuild of the ${ruleFolders.length} folders of rules`);
  console.table(tableOf(Object.fromEntries(rows)));
  const { help, floor, packed, processed } = results;
  const figures = {
    helpWall: () => ['--help, wall', help.wall, 's'],
    buildOverFloor: () => [
      'build of both packs, CPU over the floor',
      packed.cpu / floor.cpu,
      'times',
    ],
    pipelinesOverFloor: () => [
      'the same with the built-in pipelines',
      processed.cpu / floor.cpu,
      'times',
    ],
    buildMemory: () => ['build of both packs, peak memory', packed.mib, 'MiB'],
  };
  return only.map((key) => figure(key, ...figures[key]()));
}

let texts;

function floorCommand() {
  texts ??= textOfPacks(builtFolder('none'));
  return [process.execPath, join(import.meta.dirname, 'floor.mjs'), texts, ...ruleFolders];
}

/** A file with the text of both packs. */
function textOfPacks(folder) {
  const packs = ['sigpack-1.0.0.spl', 'sigpack-1.0.0-graylog.json'].map((name) =>
    join(folder, name),
  );
  const file = join(temporaryFolder(), 'text');
  execFileSync('sh', [
    '-c',
    '{ tar -xzOf "$1" sigpack/default/savedsearches.conf; cat "$2"; } > "$3"',
    'sh',
    ...packs,
    file,
  ]);
  return file;
}

const peerCommand = () => [
  sigmaCli,
  'convert',
  '-t',
  'splunk',
  '--without-pipeline',
  '-s',
  '-o',
  join(temporaryFolder(), 'sigma.spl'),
  ...ruleFolders,
];
