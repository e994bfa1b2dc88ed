// sigpack match with all rules over a file of Windows events, beside rsigma.
import { cpSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { absent, figure } from './figures.mjs';
import { interleaved, tableOf } from './measure.mjs';
import { rsigma, ruleFolders, sigpack, temporaryFolder } from './places.mjs';
import { windowsEvents } from './windows-events.mjs';

const key = 'matchOverRsigma';
const counts = { few: 2500, many: 25_000 };

export function matchFigures() {
  const folder = temporaryFolder();
  const files = Object.fromEntries(
    Object.entries(counts).map(([name, count]) => {
      const file = join(folder, `${name}.ndjson`);
      writeFileSync(file, windowsEvents(count));
      return [name, file];
    }),
  );
  const rules = join(folder, 'rules');
  // rsigma takes one folder
  for (const path of ruleFolders) cpSync(path, join(rules, basename(path)), { recursive: true });
  const ours = (file) => [...sigpack, 'match', rules, '--events', file, '-f', 'ndjson'];
  const theirs = rsigma
    ? { rsigma: [rsigma, 'engine', 'eval', '-r', rules, '-e', `@${files.many}`, '--include-event'] }
    : {};
  const results = interleaved(
    { 'few events': ours(files.few), 'many events': ours(files.many), ...theirs },
    // without a peer only memory counts, which is the same each time
    rsigma ? 3 : 1,
  );
  console.log(
    `\nsigpack match with all rules over ${counts.few} and ${counts.many} Windows events`,
  );
  console.table(tableOf(results));
  const { 'few events': few, 'many events': many, rsigma: peer } = results;
  const name = "match of 25,000 events, CPU over rsigma's";
  return [
    peer ? figure(key, name, many.cpu / peer.cpu, 'times') : absent(key, name, 'no rsigma'),
    figure(
      'matchMemoryGrowth',
      'match, memory of 25,000 events over 2,500',
      many.mib / few.mib,
      'times',
    ),
  ];
}
