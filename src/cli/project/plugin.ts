import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { placeOfRule, type Unconverted, unconverted } from '../../backend/backend.ts';
import { targets as builtIn, type RegisteredTarget } from '../../backend/registry.ts';
import type { ConversionTarget, TargetFormat } from '../../backend/target.ts';
import type { CompiledRule } from '../../query/compile.ts';
import { CommandError } from '../error/command-error.ts';
import { conversionError, targetError } from './plugin-check.ts';

export const pluginHint = 'This is a bug in the plugin; report it there.';

/** An error of a plugin's code; the message names the plugin and the target. */
export class PluginFailure extends Error {
  override readonly name = 'PluginFailure';
}

/**
 * Every target there is: the built-in ones, then those of the plugins (packages or files, found
 * from the working directory) in their order.
 */
export async function loadTargets(
  plugins: readonly string[],
): Promise<readonly RegisteredTarget[]> {
  const all = [...builtIn];
  const owners = new Map(all.map(({ name }) => [name, 'a target of Sigpack']));
  for (const plugin of new Set(plugins)) {
    for (const target of await targetsOf(plugin)) {
      const owner = owners.get(target.name);
      if (owner !== undefined)
        throw new CommandError(
          `plugin ${plugin}: its target ${target.name} has the name of ${owner}`,
        );
      owners.set(target.name, `a target of ${plugin}`);
      all.push(guarded(target, plugin));
    }
  }
  return all;
}

async function targetsOf(plugin: string): Promise<readonly ConversionTarget[]> {
  const loaded = await load(plugin);
  if (!('targets' in loaded))
    throw new CommandError(`plugin ${plugin}: the module has no export \`targets\``);
  const { targets } = loaded;
  if (!Array.isArray(targets) || targets.length === 0)
    throw new CommandError(`plugin ${plugin}: \`targets\` must be an array of at least one target`);
  return targets.map((target: unknown, index) => {
    const reason = targetError(target, `targets[${index}]`);
    if (reason !== undefined) throw new CommandError(`plugin ${plugin}: ${reason}`);
    return target as ConversionTarget;
  });
}

async function load(plugin: string): Promise<object> {
  const file = fileOf(plugin);
  if (file === undefined)
    throw new CommandError(
      `there is no plugin ${plugin}: neither a file nor an installed package, seen from ` +
        `${process.cwd()}`,
    );
  try {
    const loaded: object = await import(pathToFileURL(file).href);
    return loaded;
  } catch (error) {
    throw new CommandError(`plugin ${plugin} can't be loaded: ${errorText(error)}`);
  }
}

/** A path starts with a dot or a slash; `name.mjs` is one too where there is such a file. */
function fileOf(plugin: string): string | undefined {
  const path = resolve(plugin);
  const isPath = /^\.{1,2}[/\\]/.test(plugin) || isAbsolute(plugin);
  if (isPath || (/\.[cm]?[jt]s$/.test(plugin) && existsSync(path)))
    return existsSync(path) ? path : undefined;
  const require = createRequire(join(process.cwd(), 'package.json'));
  try {
    return require.resolve(plugin);
  } catch {
    // a package that exports to `import` alone
    const folder = require.resolve
      .paths(plugin)
      ?.find((candidate) => existsSync(join(candidate, plugin, 'package.json')));
    return folder === undefined ? undefined : importEntry(join(folder, plugin));
  }
}

/** The file that `import` gets of a package: what `exports` says under the conditions of Node. */
function importEntry(folder: string): string | undefined {
  const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  let entry: unknown = property(manifest, 'exports');
  entry = property(entry, '.') ?? entry;
  while (typeof entry === 'object' && entry !== null) {
    entry = Object.entries(entry).find(([condition]) =>
      ['import', 'node', 'module-sync', 'default'].includes(condition),
    )?.[1];
  }
  return typeof entry === 'string' ? join(folder, entry) : undefined;
}

function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([name]) => name === key)?.[1]
    : undefined;
}

const errorText = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n', 1).join('');

/**
 * The same target, whose errors are told as those of the plugin: a rule's as a refusal, a format's
 * thrown as a {@link PluginFailure}.
 */
function guarded(target: ConversionTarget, plugin: string): ConversionTarget {
  const { name, description, formats } = target;
  const [first, ...others] = formats;
  return {
    name,
    description,
    formats: [
      guardedFormat(first, name, plugin),
      ...others.map((format) => guardedFormat(format, name, plugin)),
    ],
    convert: (compiled, settings) => {
      try {
        const conversion = target.convert(compiled, settings);
        const reason = conversionError(conversion);
        return reason === undefined ? conversion : bug(compiled, plugin, reason);
      } catch (error) {
        return bug(compiled, plugin, errorText(error));
      }
    },
  };
}

function guardedFormat(format: TargetFormat, target: string, plugin: string): TargetFormat {
  const diagnostic = (reason: string) =>
    new PluginFailure(
      `internal error of plugin ${plugin}: the format ${format.name} of ${target} failed: ` +
        `${reason}`,
    );
  return {
    ...format,
    print: (entries) => {
      let text: unknown;
      try {
        text = format.print(entries);
      } catch (error) {
        throw diagnostic(errorText(error));
      }
      if (typeof text !== 'string') throw diagnostic('it gave no text');
      return text;
    },
  };
}

const bug = ({ rule }: CompiledRule, plugin: string, reason: string): Unconverted =>
  unconverted(
    placeOfRule(rule),
    `internal error of plugin ${plugin} on the rule "${rule.title}": ${reason}`,
    pluginHint,
  );
