import { placeOfRule, type Unconverted, unconverted } from '../../backend/backend.ts';
import type { RegisteredTarget } from '../../backend/registry.ts';
import type { ConversionTarget, TargetFormat } from '../../backend/target.ts';
import type { CompiledRule } from '../../query/compile.ts';
import { CommandError } from '../error/command-error.ts';
import { conversionError } from './shape.ts';

export const pluginHint = 'This is a bug in the plugin; report it there.';

/** The first line of what a plugin's code threw. */
export const errorText = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n', 1).join('');

/**
 * The target of a plugin in the form of all others, with errors that name the plugin: those of a
 * rule are refusals, those of a format are thrown as a {@link CommandError}.
 */
export function guarded(target: ConversionTarget, plugin: string): RegisteredTarget {
  const { name, description, formats } = target;
  const [first, ...others] = formats;
  return {
    name,
    description,
    formats: [
      guardedFormat(first, name, plugin),
      ...others.map((format) => guardedFormat(format, name, plugin)),
    ],
    convert: (compiled, { plugins }) => {
      try {
        const conversion = target.convert(compiled, plugins.get(name));
        const reason = conversionError(conversion);
        return reason === undefined ? conversion : refusedByBug(compiled, plugin, reason);
      } catch (error) {
        return refusedByBug(compiled, plugin, errorText(error));
      }
    },
  };
}

function guardedFormat(format: TargetFormat, target: string, plugin: string): TargetFormat {
  const bug = (reason: string) =>
    new CommandError(
      `internal error of plugin ${plugin}: the format ${format.name} of ${target} failed: ` +
        `${reason}`,
    );
  return {
    ...format,
    print: (entries, among) => {
      let text: unknown;
      try {
        text = format.print(entries, among);
      } catch (error) {
        throw bug(errorText(error));
      }
      if (typeof text !== 'string') throw bug('it gave no text');
      return text;
    },
  };
}

const refusedByBug = ({ rule }: CompiledRule, plugin: string, reason: string): Unconverted =>
  unconverted(
    placeOfRule(rule),
    `internal error of plugin ${plugin} on the rule "${rule.title}": ${reason}`,
    pluginHint,
  );
