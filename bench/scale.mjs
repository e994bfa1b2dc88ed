// The build of 10,000, 30,000 and 100,000 rules: the public ones again and again, each copy with an
// id and a title of its own.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { folderInMemory } from '../test/memory-folder.ts';
import { failed, figure } from './figures.mjs';
import { measureBeside } from './measure.mjs';
import { ruleFolders, sigpack, temporaryFolder } from './places.mjs';

const perFolder = 1000;
const counts = [10_000, 30_000, 100_000];
// the largest runs as long as all others; the smallest is run more often: all others are divided by
// it
const lanes = [[100_000], [10_000, 10_000, 30_000, 10_000]];

export async function scaleFigures() {
  const folders = writeRules(Math.max(...counts));
  const runs = (await Promise.all(lanes.map((lane) => inTurn(lane, folders)))).flat();
  rmSync(join(folders[0], '..'), { recursive: true });
  const rows = counts.map((count) => middleOf(runs.filter((one) => one.count === count)));
  console.log('\nbuild of both packs from many rules');
  console.table(
    rows.map(({ count, cpu, wall, mib, fault }) =>
      fault
        ? { rules: count, fault }
        : {
            rules: count,
            CPU: `${cpu.toFixed(1)} s`,
            'CPU of 1,000': `${((1000 * cpu) / count).toFixed(2)} s`,
            wall: `${wall.toFixed(1)} s`,
            memory: `${mib.toFixed(0)} MiB`,
          },
    ),
  );
  const [least, most] = [rows[0], rows.at(-1)];
  const growth = ['scaleCpuGrowth', 'build of 100,000 rules, CPU of a rule over that of 10,000'];
  const memory = ['scaleMemory', 'build of 100,000 rules, peak memory'];
  const fault = least.fault ?? most.fault;
  if (fault) return [failed(...growth, fault), failed(...memory, fault)];
  return [
    figure(...growth, most.cpu / most.count / (least.cpu / least.count), 'times'),
    figure(...memory, most.mib, 'MiB'),
  ];
}

/** Builds of so many rules, one after the other. */
async function inTurn(lane, folders) {
  const output = temporaryFolder();
  const runs = [];
  for (const count of lane) {
    const paths = folders.slice(0, count / perFolder);
    const command = [...sigpack, 'build', ...paths, '-p', 'none', '-o', output];
    runs.push({ count, ...(await run(command)) });
  }
  return runs;
}

async function run(command) {
  try {
    return await measureBeside(command);
  } catch (error) {
    return { fault: error.message.split(' of ')[0] };
  }
}

const middleOf = (runs) =>
  runs.find(({ fault }) => fault) ??
  runs.sort((a, b) => a.cpu - b.cpu)[Math.floor(runs.length / 2)];

/** Folders of a thousand rules each. */
function writeRules(count) {
  const folder = temporaryFolder(folderInMemory(2_000_000_000));
  const texts = ruleFolders.flatMap((path) =>
    readdirSync(path, { recursive: true })
      .filter((name) => name.endsWith('.yml'))
      .sort()
      .map((name) => readFileSync(join(path, name), 'utf8')),
  );
  return Array.from({ length: count / perFolder }, (_, part) => {
    const path = join(folder, String(part));
    mkdirSync(path);
    for (let number = part * perFolder; number < (part + 1) * perFolder; number++)
      writeFileSync(join(path, `${number}.yml`), copyOf(texts[number % texts.length], number));
    return path;
  });
}

function copyOf(text, number) {
  const id = createHash('sha256')
    .update(String(number))
    .digest('hex')
    .replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5');
  return text
    .replace(/^id:.*$/m, `id: ${id}`)
    .replace(/^title:\s*(.*?)\s*$/m, (_, title) => `title: ${titled(title, number)}`);
}

/** A title may stand in quotes. */
const titled = (title, number) =>
  /^(['"]).*\1$/.test(title)
    ? `${title.slice(0, -1)} ${number}${title.at(-1)}`
    : `${title} ${number}`;
