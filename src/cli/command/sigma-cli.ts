import { existsSync } from 'node:fs';

/**
 * Options of `sigma convert` and `sigma check` that Sigpack lacks, or has under another name, and
 * what to do instead.
 */
const options: Readonly<Record<string, string>> = {
  '-od': '`-o <folder>/`, with a slash at its end, writes one file for each rule',
  '-ot':
    'files are named after their rules, in the folders of the rules; `-o <folder>/` writes them',
  '-e': 'the output is UTF-8; iconv makes another encoding of it',
  '-j': '`-f json` is indented; `-f ndjson` has one line for each rule',
  '-O':
    'settings of targets are in sigpack.yml, under splunk, graylog and elasticsearch ' +
    '(docs/configuration.md)',
  '--correlation-method':
    'each target has one method of correlation; `sigpack list targets` names the targets',
  '--disable-pipeline-check':
    'a pipeline is refused where its allowed_backends name another product; edit these to allow it',
  '-P':
    'every .yml and .yaml file in a folder is read; name files and folders, or let the shell ' +
    'expand a pattern',
  '--fail-unsupported':
    'that is what happens without -s: the other rules are printed, and the exit code is 1',
  '--enable-template-vars': 'no pipeline runs code; write the values under `vars` of the pipeline',
  '--fail-on-error': 'errors make the exit code 1; `--fail-on` says from which severity on',
  '--pass-on-error': '`--fail-on never` keeps the exit code at 0',
  '--fail-on-issues': '`--fail-on warning` makes warnings count',
  '--validation-config':
    '`severities` in sigpack.yml sets the severity of each code (docs/diagnostics.md)',
  '-x': '`severities` in sigpack.yml switches a code off (docs/diagnostics.md)',
};

const sameAs: Readonly<Record<string, string>> = {
  '--output-dir': '-od',
  '--output-filename-template': '-ot',
  '--encoding': '-e',
  '--json-indent': '-j',
  '--backend-option': '-O',
  '--pipeline-check': '--disable-pipeline-check',
  '--file-pattern': '-P',
  '--template-vars-path': '--enable-template-vars',
  '--pass-on-issues': '--pass-on-error',
  '--exclude': '-x',
};

const commands: Readonly<Record<string, string>> = {
  analyze:
    '`sigpack docs` writes an ATT&CK Navigator layer (layer.json) beside its pages; `sigpack ' +
    'list logsources` and `sigpack list fields` count log sources and fields',
  plugin:
    '`--plugin <module>` of convert, explain and list takes more targets from an npm package ' +
    'or a file; pipelines are YAML files (-p)',
  pysigma: 'Sigpack does not use pySigma; npm installs and updates it',
  version: '`sigpack --version` prints the version',
};

const lists: Readonly<Record<string, string>> = {
  validators: 'docs/diagnostics.md lists what is checked',
  modifiers: 'docs/sigma.md lists the modifiers',
  transformations: 'docs/pipelines.md lists the transformations',
  conditions: 'docs/pipelines.md lists the conditions of pipelines',
  'correlation-methods': 'each target has one method of correlation (docs/targets.md)',
  backends: '`sigpack list targets` lists the targets',
};

const own = (table: Readonly<Record<string, string>>, name: string): string | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

/**
 * What to do instead of an option, a command or a list of sigma-cli; undefined for what sigma-cli
 * lacks too.
 */
export const answerTo = {
  option(flag: string): string | undefined {
    const name = flag.startsWith('--') ? (flag.split('=')[0] ?? flag) : flag;
    // a short option may be followed by its value without a space
    const short = /^-[jOPe]/.test(name) ? name.slice(0, 2) : name;
    return own(options, own(sameAs, short) ?? short);
  },
  command: (name: string): string | undefined => own(commands, name),
  list: (name: string): string | undefined => own(lists, name),
};

/** `-c` of sigma-cli names a method. */
const correlationMethods = new Set(['default', 'stats', 'correlate', 'stateful']);

/**
 * The arguments of `sigpack convert`. Where sigma-cli has an option of two letters after one
 * hyphen, which would be read as two options, it is replaced: `-of` becomes `-f`. `refused` is an
 * option that Sigpack lacks.
 */
export function sigmaCliArguments(args: readonly string[]): {
  readonly args: readonly string[];
  readonly refused?: string;
} {
  const end = args.indexOf('--');
  const before = end < 0 ? args : args.slice(0, end);
  const refused = before.find(
    (arg, at) =>
      arg === '-od' ||
      arg === '-ot' ||
      (arg === '-c' &&
        correlationMethods.has(before[at + 1] ?? '') &&
        !existsSync(before[at + 1] ?? '')),
  );
  return {
    args: args.map((arg, at) =>
      at >= before.length
        ? arg
        : arg === '-of'
          ? '-f'
          : arg.replace(/^--output-format(?==|$)/, '--format'),
    ),
    ...(refused === undefined
      ? {}
      : { refused: refused === '-c' ? '--correlation-method' : refused }),
  };
}
