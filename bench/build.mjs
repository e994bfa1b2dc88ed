// The build of both packs beside its floor, and how soon the command starts.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { figure } from './figures.mjs';
import { interleaved, measure, tableOf } from './measure.mjs';
import { ruleFolders, sigmaCli, sigpack, temporaryFolder } from './places.mjs';

export function buildFigures({ all }) {
  const output = temporaryFolder();
  const buildWith = (pipelines) => [
    ...sigpack,
    'build',
    ...ruleFolders,
    '-p',
    pipelines,
    '-o',
    output,
  ];
  const build = buildWith('none');
  measure(build);
  const text = join(output, 'text');
  const packs = ['sigpack-1.0.0.spl', 'sigpack-1.0.0-graylog.json'].map((name) =>
    join(output, name),
  );
  execFileSync('sh', [
    '-c',
    '{ tar -xzOf "$1" sigpack/default/savedsearches.conf; cat "$2"; } > "$3"',
    'sh',
    ...packs,
    text,
  ]);
  const { help } = interleaved({ help: [...sigpack, '--help'] }, 9);
  const results = interleaved(
    {
      'floor: read, parse to events, compress': [
        process.execPath,
        join(import.meta.dirname, 'floor.mjs'),
        text,
        ...ruleFolders,
      ],
      'build of both packs': build,
      'build with the built-in pipelines': buildWith('splunk,graylog'),
    },
    5,
  );
  const [floor, packed, processed] = Object.values(results);
  const peer =
    all && sigmaCli ? { 'sigma-cli, Splunk queries alone': measure(peerCommand(output)) } : {};
  console.log(`\nbuild of the ${ruleFolders.length} folders of rules`);
  console.table(tableOf({ '--help': help, ...results, ...peer }));
  return [
    figure('helpWall', '--help, wall', help.wall, 's'),
    figure(
      'buildOverFloor',
      'build of both packs, CPU over the floor',
      packed.cpu / floor.cpu,
      'times',
    ),
    figure(
      'pipelinesOverFloor',
      'the same with the built-in pipelines',
      processed.cpu / floor.cpu,
      'times',
    ),
    figure('buildMemory', 'build of both packs, peak memory', packed.mib, 'MiB'),
  ];
}

const peerCommand = (output) => [
  sigmaCli,
  'convert',
  '-t',
  'splunk',
  '--without-pipeline',
  '-s',
  '-o',
  join(output, 'sigma.spl'),
  ...ruleFolders,
];
