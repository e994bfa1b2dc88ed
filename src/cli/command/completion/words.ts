import type { Command, Option } from 'commander';
import { targets } from '../../../backend/registry.ts';
import { targetName } from '../../../backend/target-name.ts';
import { bundles, noPipeline, targetsOfPipeline } from '../../../pipeline/bundle.ts';

/**
 * The completions of the last of the words after `sigpack`, which has been typed in part. Empty: a
 * file, or anything.
 */
export async function completionWords(
  typed: readonly string[],
  program: Command,
): Promise<readonly string[]> {
  const words = typed.map((word) => (word === '""' ? '' : word));
  const last = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const command = program.commands.find(
    (one) => one.name() === before.find((word) => !word.startsWith('-')),
  );
  const all = await candidates(last, before, command ?? program, program);
  return all.filter((word) => word.startsWith(last) && word !== last);
}

async function candidates(
  last: string,
  before: readonly string[],
  command: Command,
  program: Command,
): Promise<readonly string[]> {
  const options = command.createHelp().visibleOptions(command);
  const [, glued = ''] = /^(--[\w-]+)=/.exec(last) ?? [];
  // bash makes three words of --format=json
  const owner = before.at(-1) === '=' ? before.at(-2) : before.at(-1);
  const option = options.find((one) =>
    [one.short, one.long].includes(glued === '' ? owner : glued),
  );
  if (option?.required && (glued !== '' || !last.startsWith('-'))) {
    const start = glued === '' ? '' : `${glued}=`;
    return listValues(last.slice(start.length), await valuesOf(option, before, command)).map(
      (value) => `${start}${value}`,
    );
  }
  if (last.startsWith('-'))
    return options.flatMap(({ short, long }) => [
      ...(long === undefined ? [] : [long]),
      ...(short === undefined ? [] : [short]),
    ]);
  if (command === program) return [...program.commands.map((one) => one.name()), 'help'];
  const operands = before.filter((word) => !word.startsWith('-')).length - 1;
  return operands === 0 ? (command.registeredArguments[0]?.argChoices ?? []) : [];
}

/** The values for what follows the last comma of what has been typed. */
function listValues(typed: string, values: readonly string[]): readonly string[] {
  const start = typed.slice(0, typed.lastIndexOf(',') + 1);
  const taken = new Set(start.split(','));
  return values.filter((value) => !taken.has(value)).map((value) => `${start}${value}`);
}

async function valuesOf(
  option: Option,
  before: readonly string[],
  command: Command,
): Promise<readonly string[]> {
  if (option.argChoices) return option.argChoices;
  const isPack = ['build', 'check'].includes(command.name());
  if (option.long === '--target')
    return isPack ? ['splunk', 'graylog'] : targets.map(({ name }) => name);
  if (option.long === '--format') return formatsOf(before);
  if (option.long === '--to') return placesOf(before);
  if (option.long !== '--pipeline') return [];
  const { builtInNames } = await import('../../project/pipeline-files.ts');
  const named = targetsBefore(before);
  const isMeant = (name: string): boolean =>
    named.length === 0 || targetsOfPipeline(name).some((target) => named.includes(target));
  return [...[...bundles.keys(), ...builtInNames()].filter(isMeant), noPipeline];
}

/** The places of the configuration. */
async function placesOf(before: readonly string[]): Promise<readonly string[]> {
  const [{ findConfig }, { loadConfig }] = await Promise.all([
    import('../../files/find-config.ts'),
    import('../../files/config-file.ts'),
  ]);
  const loaded = loadConfig(findConfig(valuesBefore(before, '-c', '--config')[0]));
  return loaded.ok ? [...loaded.value.config.installs.keys()] : [];
}

/** The formats of the targets that are named before; of all targets if there is none. */
function formatsOf(before: readonly string[]): readonly string[] {
  const named = targetsBefore(before);
  const chosen = targets.filter(({ name }) => named.includes(name));
  return [
    ...new Set(
      (chosen.length > 0 ? chosen : targets).flatMap(({ formats }) =>
        formats.map(({ name }) => name),
      ),
    ),
  ];
}

/** The targets that `-t` names, without those that are not known. */
function targetsBefore(before: readonly string[]): readonly string[] {
  const known = targets.map(({ name }) => name);
  return valuesBefore(before, '-t', '--target')
    .flatMap((value) => value.split(','))
    .map((name) => targetName(name, known))
    .filter((name) => known.includes(name));
}

/** What an option has been given, in any of its forms. */
function valuesBefore(before: readonly string[], short: string, long: string): readonly string[] {
  // bash makes three words of --target=splunk
  const words = before.flatMap((word) =>
    word === '=' ? [] : word.startsWith(`${long}=`) ? [long, word.slice(long.length + 1)] : word,
  );
  return words.filter((_, index) => [short, long].includes(words[index - 1] ?? ''));
}
