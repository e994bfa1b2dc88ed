// The diff of two builds of all rules, beyond reading them.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { readArtifact } from '../dist/modules/cli/release/artifact-files.js';
import { diffText } from '../dist/modules/cli/report/diff-text.js';
import { artifactSnapshot } from '../dist/modules/release/artifact-snapshot.js';
import { diffOf } from '../dist/modules/release/diff/diff.js';
import { diffView } from '../dist/modules/release/diff/view.js';
import { figure } from './figures.mjs';
import { ruleFolders, sigpack, temporaryFolder } from './places.mjs';

export async function diffFigures() {
  const output = temporaryFolder();
  const build = (name, ...more) => {
    const folder = join(output, name);
    const [command, ...start] = sigpack;
    spawnSync(command, [...start, 'build', ...ruleFolders, '-o', folder, ...more], {
      stdio: 'ignore',
    });
    return folder;
  };
  // a pipeline changes nearly every query
  const builds = [build('a', '-p', 'none'), build('b', '-p', 'splunk,graylog')];
  const [texts, reading] = await seconds(() => Promise.all(builds.map(readArtifact)));
  const [snapshots, parsing] = await seconds(() =>
    texts.map((text, index) => artifactSnapshot(String(index), text).value),
  );
  const [diff, comparing] = await seconds(() => diffOf(...snapshots));
  const [text, showing] = await seconds(() =>
    diffText(diffView(diff), [], { paint: (_, plain) => plain, verbose: false }),
  );
  const same = diffOf(snapshots[0], artifactSnapshot('again', texts[0]).value);
  console.log(
    `\ndiff of two builds: ${diff.changes.length} detections changed, ${same.unchanged} unchanged against itself, ${text.length} characters`,
  );
  console.table(
    Object.fromEntries(
      Object.entries({ reading, parsing, comparing, showing }).map(([name, taken]) => [
        name,
        `${taken.toFixed(2)} s`,
      ]),
    ),
  );
  return [
    figure('diffSeconds', 'diff of two builds, beyond reading them', comparing + showing, 's'),
  ];
}

async function seconds(work) {
  const start = performance.now();
  const value = await work();
  return [value, (performance.now() - start) / 1000];
}
