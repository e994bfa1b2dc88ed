import type { SettingsSection } from '../../backend/target.ts';
import type { DiagnosticBag, NewDiagnostic } from '../../source/diagnostic.ts';
import { didYouMean, nearest } from '../../source/nearest.ts';
import { isRecord } from '../../source/record.ts';
import { checkSchema } from '../../source/schema/check-schema.ts';
import type { SourceFile } from '../../source/span.ts';
import { rootOf } from '../../source/yaml/parse.ts';
import { lookup, type YamlNode, type YamlScalar } from '../../source/yaml/tree.ts';
import { CommandError } from '../error/command-error.ts';
import type { LoadedConfig } from '../files/config-file.ts';
import { errorText } from './guard.ts';

/**
 * The sections of the targets of plugins, by their names; undefined for a target without settings.
 */
export type PluginSections = ReadonlyMap<string, SettingsSection<unknown> | undefined>;

const key = 'pluginSettings';

/**
 * The settings of each target of a plugin: those of sigpack.yml over the defaults. Undefined if
 * `bag` got diagnostics about them. Settings of targets that are not loaded are ignored.
 */
export async function readPluginSettings(
  { config: { pluginSettings: written }, file }: Pick<LoadedConfig, 'config' | 'file'>,
  sections: PluginSections,
  bag: DiagnosticBag,
): Promise<ReadonlyMap<string, unknown> | undefined> {
  const diagnostics = Object.keys(written).length > 0 ? await diagnosticsIn(file, sections) : [];
  for (const diagnostic of diagnostics) bag.add(file, diagnostic);
  if (diagnostics.length > 0) return undefined;
  return new Map(
    [...sections].map(([name, section]) => [
      name,
      Object.hasOwn(written, name) ? merged(section?.defaults, written[name]) : section?.defaults,
    ]),
  );
}

/** The file is read again for the places of its keys. */
async function diagnosticsIn(
  file: SourceFile,
  sections: PluginSections,
): Promise<readonly NewDiagnostic[]> {
  // a build needs few of all targets
  const { targets } = await import('../../backend/registry.ts');
  const builtIn = new Set(targets.map(({ name }) => name));
  const root = rootOf(file);
  const written = lookup(root, key);
  return root && written?.kind === 'mapping'
    ? written.pairs.flatMap((pair) => diagnosticsOf(pair.key, root, sections, builtIn))
    : [];
}

function diagnosticsOf(
  { text: name, start, end }: YamlScalar,
  root: YamlNode,
  sections: PluginSections,
  builtIn: ReadonlySet<string>,
): readonly NewDiagnostic[] {
  const report = (message: string, hint: string): readonly NewDiagnostic[] => [
    { code: 'PCK001', message, span: { start, end }, hint },
  ];
  if (builtIn.has(name))
    return report(
      `\`${name}\` is a target of Sigpack, not of a plugin`,
      'Its settings have a key of their own at the top of the file.',
    );
  const section = sections.get(name);
  if (section) {
    const { schema } = section;
    // from the top, so that messages have the whole path
    const ofPlugin = { properties: { [name]: schema } };
    const whole = { ...(schema.$defs && { $defs: schema.$defs }), properties: { [key]: ofPlugin } };
    try {
      return checkSchema(whole, root, 'PCK001');
    } catch (error) {
      throw new CommandError(`the schema of the target ${name}: ${errorText(error)}`);
    }
  }
  if (sections.has(name))
    return report(`the target \`${name}\` takes no settings`, 'Remove the key.');
  const near = nearest(name, sections.keys());
  return near === undefined ? [] : report(`no plugin has the target \`${name}\``, didYouMean(near));
}

const merged = (defaults: unknown, written: unknown): unknown =>
  isRecord(defaults) && isRecord(written) ? { ...defaults, ...written } : written;
