// The diff of two builds of the whole corpus, beyond reading them. Run by npm run bench.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readArtifact } from '../dist/lib/cli/artifact-files.js';
import { diffText } from '../dist/lib/cli/report/diff-text.js';
import { artifactSnapshot } from '../dist/lib/release/artifact-snapshot.js';
import { diffOf } from '../dist/lib/release/diff.js';
import { diffView } from '../dist/lib/release/diff-view.js';

const root = join(import.meta.dirname, '..');
const shared = process.env.SIGPACK_SHARED ?? join(root, '..', 'shared');
const folders = ['rules', 'rules-emerging-threats', 'rules-threat-hunting'].map((name) => join(shared, 'corpus', name));
const output = mkdtempSync(join(tmpdir(), 'sigpack-bench-'));
const build = (name, ...more) => {
  const folder = join(output, name);
  spawnSync(process.execPath, [join(root, 'dist', 'lib', 'cli', 'main.js'), 'build', ...folders, '-o', folder, ...more], { stdio: 'ignore' });
  return folder;
};
// a pipeline changes nearly every query
const builds = [build('a'), build('b', '-p', 'splunk,graylog')];
const seconds = async (work) => {
  const start = performance.now();
  const value = await work();
  return [value, (performance.now() - start) / 1000];
};
const [texts, reading] = await seconds(() => Promise.all(builds.map(readArtifact)));
const [snapshots, parsing] = await seconds(() => texts.map((text, index) => artifactSnapshot(String(index), text)));
const [diff, comparing] = await seconds(() => diffOf(...snapshots));
const [text, showing] = await seconds(() => diffText(diffView(diff), [], { paint: (_, plain) => plain, verbose: false }));
const same = diffOf(snapshots[0], artifactSnapshot('again', texts[0]));
console.log(`diff of two builds: ${diff.changes.length} detections changed, ${same.unchanged} unchanged against itself, ${text.length} characters`);
console.table({ reading, parsing, comparing, showing });
console.log(comparing + showing < 1 ? 'within a second beyond reading' : 'over a second');
process.exitCode = comparing + showing < 1 ? 0 : 1;
rmSync(output, { recursive: true, force: true });
