import { pathToFileURL } from 'node:url';
import { targets as builtIn, type RegisteredTarget } from '../../backend/registry.ts';
import type { ConversionTarget } from '../../backend/target.ts';
import { CommandError } from '../error/command-error.ts';
import { fileOf } from './find.ts';
import { errorText, guarded } from './guard.ts';
import type { PluginSections } from './settings.ts';
import { targetError } from './shape.ts';

export interface LoadedTargets {
  /** The built-in ones, then those of the plugins in their order. */
  readonly targets: readonly RegisteredTarget[];
  readonly sections: PluginSections;
}

/**
 * All targets. Plugins are packages or files, found from the working directory. Throws a
 * CommandError if one can't be used.
 */
export async function loadTargets(plugins: readonly string[]): Promise<LoadedTargets> {
  const targets = [...builtIn];
  const sections = new Map<string, ConversionTarget['settings']>();
  const owners = new Map(targets.map(({ name }) => [name, 'a target of Sigpack']));
  for (const plugin of new Set(plugins)) {
    for (const target of await targetsOf(plugin)) {
      const { name } = target;
      const owner = owners.get(name);
      if (owner !== undefined)
        throw new CommandError(`plugin ${plugin}: its target ${name} has the name of ${owner}`);
      owners.set(name, `a target of ${plugin}`);
      targets.push(guarded(target, plugin));
      sections.set(name, target.settings);
    }
  }
  return { targets, sections };
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
