/**
 * node test/fuzz/run.ts [--kind K] [--seed N] [--path P] [--cases N] [--rules N] [--seconds N]: see
 * docs/testing.md.
 */
import { parseArgs } from 'node:util';
import { kinds } from './cases.ts';
import { fuzz } from './fuzz.ts';

/** A run that is cut off may still have taken the output. */
const write = process.stdout.write.bind(process.stdout);
const print = (line: string): boolean => write(`${line}\n`);

const text = { type: 'string' } as const;
const { values } = parseArgs({
  options: { kind: text, seed: text, path: text, cases: text, rules: text, seconds: text },
});
const seed = Number(values.seed ?? 1);
const rules = Number(values.rules ?? 300);
const wanted = Number(values.cases ?? 10_000);
const end = Date.now() + Number(values.seconds ?? 90) * 1000;
/** Share of the cases of each kind: rules are cheapest, and most of what comes from outside. */
const shares: ReadonlyMap<string, number> = new Map([
  ['rules', 0.836],
  ['pipelines', 0.115],
  ['artifacts', 0.049],
]);

let cases = 0;
const chosen = kinds.filter(({ name }) => values.kind === undefined || name === values.kind);
for (const kind of chosen.toReversed()) {
  const share = chosen.length === 1 ? 1 : (shares.get(kind.name) ?? 0);
  const batches =
    values.path === undefined ? Math.max(1, Math.ceil((wanted * share) / kind.size(rules))) : 1;
  const path = values.path === undefined ? {} : { path: values.path };
  const started = Date.now();
  const done = await fuzz({
    kind: kind.name,
    seed,
    batches,
    rules,
    limit: Math.max(1000, end - started),
    ...path,
  });
  cases += done.cases;
  print(`${kind.name}: ${done.cases} cases, ${((Date.now() - started) / 1000).toFixed(1)} s`);
  if (done.failure === undefined) continue;
  print(done.failure);
  process.exitCode = 1;
}
print(`${cases} of ${wanted} cases, seed ${seed}`);
