// npm run bench [-- --all] [-- --held] [-- PART...]: figures beside their budgets, with exit code 1
// over budget. Parts: build, convert, match, diff, scale, playground; default: all of them. `--all`
// adds tables that no budget is about. `--held` fails only where a figure is worse than the value
// at which budgets.json holds it, each time that it is measured, up to five times. Meant for a
// machine that does nothing else.
import { parseArgs } from 'node:util';
import { buildFigures } from './build.mjs';
import { convertFigures } from './convert.mjs';
import { diffFigures } from './diff.mjs';
import { repeated, report } from './figures.mjs';
import { matchFigures } from './match.mjs';
import { missingFolders, rsigma, shared } from './places.mjs';
import { playgroundFigures } from './playground.mjs';
import { scaleFigures } from './scale.mjs';

const parts = {
  build: buildFigures,
  convert: convertFigures,
  match: matchFigures,
  diff: diffFigures,
  scale: scaleFigures,
  playground: playgroundFigures,
};
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { all: { type: 'boolean', default: false }, held: { type: 'boolean', default: false } },
});
const unknown = positionals.find((name) => !(name in parts));
const missing = missingFolders();
if (unknown !== undefined) {
  console.error(`there is no part ${unknown}; parts: ${Object.keys(parts).join(', ')}`);
  process.exitCode = 2;
} else if (missing.length > 0) {
  console.error(
    `missing: ${missing.join(', ')}; run bash scripts/corpus.sh ${shared}, or set SIGPACK_SHARED to a folder that has them`,
  );
  process.exitCode = 1;
} else {
  if (!rsigma)
    console.log(
      'missing: rsigma, so nothing is compared with it; bash test/judges/setup.sh rsigma compiles it',
    );
  const figures = [];
  for (const name of positionals.length > 0 ? positionals : Object.keys(parts))
    figures.push(...(await (values.held ? repeated(parts[name], values) : parts[name](values))));
  if (values.all) await (await import('./match-tables.mjs')).printTables();
  console.log();
  const ok = report(figures, values);
  console.log(
    ok ? (values.held ? 'nothing is worse than it is held at' : 'within budget') : 'over budget',
  );
  process.exitCode = ok ? 0 : 1;
}
