/**
 * node test/judges/graylog/packs.ts VERSION... PACK.json...: a real Graylog server takes each pack,
 * reads its event definitions back, validates them and their queries, runs each query once, and
 * uninstalls the pack. Default packs: those that test/judges/packs.ts builds.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packs as built, existing } from '../places.ts';
import { PackJudge } from './pack-judge.ts';
import { type GraylogServer, onEachGraylog } from './server.ts';

const longest = 600;
const count = { passed: 0, failed: 0 };

async function judged(server: GraylogServer): Promise<void> {
  for (const pack of packs) {
    const start = performance.now();
    const judge = new PackJudge(server, readFileSync(pack, 'utf8'));
    if (await judge.install()) {
      // what they find on schedule is for other judges
      await judge.unschedule();
      await judge.validate();
      await judge.runQueries();
      await judge.uninstall();
    }
    const { problems, definitions, queries } = judge;
    for (const { stage, where, what } of problems.slice(0, 40))
      console.log(`  ${stage}: ${where}: ${JSON.stringify(what).slice(0, longest)}`);
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    console.log(
      `graylog ${server.version}: ${pack}: ${definitions.length} event definitions, ${queries} queries run, ${problems.length} problems, in ${seconds} s`,
    );
    count[problems.length === 0 ? 'passed' : 'failed']++;
  }
}

function builtPacks(): readonly string[] {
  return ['starter', 'some', 'some-processed'].flatMap((name) => {
    const folder = existing(join(built, name), 'run node test/judges/packs.ts');
    return readdirSync(folder)
      .filter((file) => file.endsWith('-graylog.json'))
      .map((file) => join(folder, file));
  });
}

const named = process.argv.slice(2).filter((argument) => argument.endsWith('.json'));
const packs =
  named.length > 0 ? named.map((pack) => existing(pack, 'build it first')) : builtPacks();
await onEachGraylog(judged);
console.log(`${count.passed} passed, ${count.failed} failed`);
process.exitCode = count.failed > 0 ? 1 : 0;
