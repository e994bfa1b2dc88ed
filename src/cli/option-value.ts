import { InvalidArgumentError } from 'commander';

/** Reads names with commas between; one that is no choice is refused. */
export function commaSeparated(choices?: readonly string[]): (value: string) => readonly string[] {
  return (value) => {
    const names = value.split(',').map((name) => name.trim());
    const unknown = names.find((name) => choices !== undefined && !choices.includes(name));
    if (unknown !== undefined) throw new InvalidArgumentError(`"${unknown}" is none of ${choices?.join(', ')}.`);
    return names;
  };
}

export function wholeNumber(value: string): number {
  if (/^\d{1,9}$/.test(value)) return Number(value);
  throw new InvalidArgumentError('It must be a whole number.');
}
