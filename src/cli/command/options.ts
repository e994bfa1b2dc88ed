import { Argument, InvalidArgumentError, Option } from 'commander';
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

/** Parses an option that may be repeated. */
export const several = (value: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  value,
];

/** Parses an option that takes names with commas between them, and may be repeated. */
export const severalNames = (value: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  ...commaSeparated()(value),
];

export function wholeNumber(value: string): number {
  if (/^\d{1,9}$/.test(value)) return Number(value);
  throw new InvalidArgumentError('It must be a whole number.');
}

/** Parses `-o`: an empty path, as of a variable that is not set, would be the current folder. */
export function outputPath(value: string): string {
  if (value !== '') return value;
  throw new InvalidArgumentError('It must not be empty; the current folder is a dot.');
}

/** `[rules...]`: without them, the rules of the configuration. */
export const rulesArgument = (): Argument =>
  new Argument('[rules...]', 'rule files and folders (default: those of the configuration)');

/** `<rules...>`: rules that the command line has to name. */
export const namedRulesArgument = (): Argument =>
  new Argument('<rules...>', 'rule files and folders');

/** `-f`; the default is the first of the choices. `what`: such as `report`. */
export const formatOption = (what: string, choices: readonly string[] = ['text', 'json']): Option =>
  new Option('-f, --format <format>', `format of the ${what}`).choices(choices).default(choices[0]);

export const verboseOption = (description = 'show every diagnostic, notes included'): Option =>
  new Option('-v, --verbose', description).default(false);

/** `-t` of the commands that match events. */
export const targetOption = (): Option =>
  new Option('-t, --target <name>', 'apply the pipelines of this target to the rules first');

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

export const configOption = (): Option =>
  new Option(
    '-c, --config <file>',
    'configuration (default: SIGPACK_CONFIG, or the first sigpack.yml from here upwards)',
  );
