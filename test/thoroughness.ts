/** Every fault and every kill, as CI has them; `npm test` has a spread of them. */
export const thorough = process.env.SIGPACK_FAULTS === 'all';

/**
 * The numbers from the first to the last: all of them, or both ends and every so many-th in
 * between.
 */
export function spread(first: number, last: number, every: number): readonly number[] {
  const all = Array.from({ length: Math.max(last - first + 1, 0) }, (_, index) => first + index);
  return thorough
    ? all
    : all.filter((number, index) => index === 0 || number === last || index % every === 0);
}

/** So many random cases, or a third of them. */
export const runs = (all: number): number => (thorough ? all : Math.ceil(all / 3));
