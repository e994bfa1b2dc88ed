/** What names stand for in a block: what it sets itself, then what the block around it has. */
export interface Names<T> {
  readonly own: Map<string, T>;
  readonly outer: Names<T> | undefined;
}

/** A loop makes some in each round, so nothing is copied. */
export const namesIn = <T>(outer?: Names<T>): Names<T> => ({ own: new Map(), outer });

export const hasName = (names: Names<unknown>, name: string): boolean =>
  blockOf(names, name) !== undefined;

export const named = <T>(names: Names<T>, name: string): T | undefined =>
  blockOf(names, name)?.own.get(name);

/** The innermost block that sets the name. */
function blockOf<T>(names: Names<T>, name: string): Names<T> | undefined {
  let block: Names<T> | undefined = names;
  while (block && !block.own.has(name)) block = block.outer;
  return block;
}

/** All names, those of the outermost block first. */
export function allNames(names: Names<unknown>): readonly string[] {
  const blocks: Names<unknown>[] = [];
  for (let block: Names<unknown> | undefined = names; block; block = block.outer)
    blocks.unshift(block);
  return [...new Set(blocks.flatMap(({ own }) => [...own.keys()]))];
}
