// The diff of two builds of all rules, beyond reading them.
import { readArtifact } from '../dist/modules/cli/release/artifact-files.js';
import { diffText } from '../dist/modules/cli/report/diff-text.js';
import { artifactSnapshot } from '../dist/modules/release/artifact-snapshot.js';
import { diffOf } from '../dist/modules/release/diff/diff.js';
import { diffView } from '../dist/modules/release/diff/view.js';
import { builtFolder } from './builds.mjs';
import { figure } from './figures.mjs';

export async function diffFigures() {
  // a pipeline changes nearly every query
  const builds = ['none', 'splunk,graylog'].map(builtFolder);
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
