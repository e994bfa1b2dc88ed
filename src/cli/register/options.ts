import { InvalidArgumentError, Option } from 'commander';
import { fieldChoices } from '../../pipeline/field-choice.ts';
import { nearest } from '../../source/nearest.ts';

export function commaSeparated(choices?: readonly string[]): (value: string) => readonly string[] {
  return (value) => {
    const names = value.split(',').map((name) => name.trim());
    const unknown = names.find((name) => choices !== undefined && !choices.includes(name));
    if (unknown !== undefined) {
      const near = nearest(unknown, choices ?? []);
      throw new InvalidArgumentError(
        `It must be ${choices?.join(' or ')}.${near === undefined ? '' : ` Did you mean ${near}?`}`,
      );
    }
    return names;
  };
}

/** Of an option that may be repeated. */
export const several = (value: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  value,
];

/** Of an option that takes names with commas between them, and may be repeated. */
export const severalNames = (value: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  ...commaSeparated()(value),
];

export function wholeNumber(value: string): number {
  if (/^\d{1,9}$/.test(value)) return Number(value);
  throw new InvalidArgumentError('It must be a whole number.');
}

export const pluginOption = (): Option =>
  new Option(
    '--plugin <module>',
    'npm package or file with more targets; may be repeated',
  ).argParser(several);

export const pipelineOption = (): Option =>
  new Option(
    '-p, --pipeline <names>',
    'comma-separated pipelines, in place of those of the configuration; `sigpack list ' +
      'pipelines` lists them',
  ).argParser(severalNames);

export const fieldsOption = (product: string, title: string, target: string): Option =>
  new Option(
    `--${product} <fields>`,
    `make packs for ${title}, with the field names of ${fieldChoices(target)
      .map(({ name }) => name)
      .join(', ')}`,
  );

export const configOption = (): Option =>
  new Option(
    '-c, --config <file>',
    'configuration (default: SIGPACK_CONFIG, or the first sigpack.yml from here upwards)',
  );
