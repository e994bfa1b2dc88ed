import fc from 'fast-check';
import { type Kind, kinds } from './cases.ts';

export interface FuzzOptions {
  readonly kind: string;
  readonly seed: number;
  /** Of a failure, to see it again. */
  readonly path?: string;
  readonly batches: number;
  readonly rules: number;
  /** Milliseconds after which no batch more is begun. */
  readonly limit?: number;
}

export interface Fuzzed {
  readonly cases: number;
  /** What broke: the shortest input and the command to see it again. */
  readonly failure?: string;
}

/** Runs batches of a kind; a failure is made as short as it gets. */
export async function fuzz(
  { kind, seed, path, batches, rules, limit }: FuzzOptions,
  among: readonly Kind[] = kinds,
): Promise<Fuzzed> {
  const found = among.find(({ name }) => name === kind);
  if (!found)
    throw new Error(`there is no kind ${kind}; kinds: ${among.map(({ name }) => name).join(', ')}`);
  let cases = 0;
  const property = found.property(rules, (more) => {
    cases += more;
  });
  const details = await fc.check(property, {
    seed,
    numRuns: batches,
    endOnFailure: false,
    ...(path === undefined ? {} : { path }),
    ...(limit === undefined
      ? {}
      : { interruptAfterTimeLimit: limit, markInterruptAsFailure: false }),
  });
  if (!details.failed) return { cases };
  const { counterexample, counterexamplePath, errorInstance } = details;
  const said =
    errorInstance instanceof Error
      ? (errorInstance.stack ?? errorInstance.message)
      : String(errorInstance);
  const again = `npm run fuzz -- --kind ${kind} --seed ${seed} --path ${counterexamplePath ?? '0'} --rules ${rules}`;
  return {
    cases,
    failure: `${kind}, seed ${seed}: ${said}\n\nthe shortest input:\n${shown(counterexample)}\n\nto see it again:\n${again}\n`,
  };
}

const shown = (input: unknown): string =>
  [input]
    .flat(3)
    .map((part) =>
      typeof part === 'string'
        ? `--\n${part.replaceAll('@N@', '0').replaceAll('@ID@', '000000000000')}`
        : JSON.stringify(part),
    )
    .join('\n');
