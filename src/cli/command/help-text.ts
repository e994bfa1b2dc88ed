import type { AddHelpTextContext } from 'commander';

type Variable = readonly [name: string, description: string];

const configuration: Variable = ['SIGPACK_CONFIG', 'configuration file'];
const colors: Variable = ['NO_COLOR, FORCE_COLOR', 'switch colors off or on'];

/** What the help of the program shows below its options. */
export const programHelp =
  section('Examples', ['sigpack init detections', 'sigpack convert rules -t splunk -p splunk']) +
  section('Environment', aligned([configuration, colors])) +
  `
Exit codes: 0 done, 1 findings at or above --fail-on,
2 wrong usage or configuration, 3 internal error, 4 a server refused.`;

/**
 * What the help of a command shows below its options: two examples of what a user types first, and
 * the environment variables that it reads, which `variables` adds to.
 */
export const commandHelp =
  (examples: readonly [string, string], variables: readonly Variable[] = []) =>
  ({ command }: AddHelpTextContext): string => {
    const config = command.options.some(({ long }) => long === '--config');
    const own = [...(config ? [configuration] : []), ...variables, colors];
    return section('Examples', examples) + section('Environment', aligned(own));
  };

function section(title: string, lines: readonly string[]): string {
  return `\n${title}:\n${lines.map((line) => `  ${line}\n`).join('')}`;
}

function aligned(variables: readonly Variable[]): readonly string[] {
  const width = Math.max(...variables.map(([name]) => name.length));
  return variables.map(([name, text]) => `${name.padEnd(width)}  ${text}`);
}
