import { InvalidArgumentError } from 'commander';

/** Reads `windows/process_creation=5000`, one of several. */
export function eventCounts(
  text: string,
  before: ReadonlyMap<string, number> = new Map(),
): ReadonlyMap<string, number> {
  const [, source, count] = /^([^=]+)=(\d{1,12})$/.exec(text) ?? [];
  if (source === undefined || count === undefined)
    throw new InvalidArgumentError(
      'Write a log source and a number: windows/process_creation=5000',
    );
  return new Map([...before, [source, Number(count)]]);
}
