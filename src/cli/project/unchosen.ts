import type { PackConfig, Target } from '../../pack/config/config.ts';
import { noPipeline } from '../../pipeline/bundle.ts';
import { fieldChoices } from '../../pipeline/field-choice.ts';
import type { DiagnosticBag } from '../../source/diagnostic.ts';
import type { Span } from '../../source/span.ts';
import { rootOf } from '../../source/yaml/parse.ts';
import { spanOfKey } from '../../source/yaml/tree.ts';
import type { LoadedConfig } from '../files/config-file.ts';
import { shownPath } from '../files/rule-files.ts';

/**
 * Reports each target whose field names nobody has chosen: at the configuration, or without one at
 * the rules.
 */
export function reportUnchosen(
  targets: readonly Target[],
  { file, exists, config }: LoadedConfig,
  rules: readonly string[] = [],
  bag: DiagnosticBag,
  named?: readonly string[],
): void {
  if (targets.length === 0) return;
  const place = exists ? file : { path: shownPath(rules[0] ?? config.rules[0] ?? '.'), text: '' };
  const span = exists ? pipelinesSpan(file) : { start: 0, end: 0 };
  for (const target of targets) {
    const unbuilt = `the field names of ${target}: its pack is not built`;
    const replaced = config.pipelines.has(target) ? ' replaces what sigpack.yml chooses and' : '';
    const message = named
      ? `-p ${named.join(',')}${replaced} does not choose ${unbuilt}`
      : `nobody has chosen ${unbuilt}`;
    const hint = named ? withBoth(target, named, config) : choicesOf(target);
    bag.add(place, { code: 'PIP012', message, span, hint, target });
  }
}

/** What to write instead of a `-p` that leaves a target without names. */
function withBoth(target: Target, named: readonly string[], config: PackConfig): string {
  const choices = fieldChoices(target).flatMap(({ name }) => (name === noPipeline ? [] : [name]));
  const chosen = config.pipelines.get(target)?.filter((name) => name !== noPipeline) ?? [];
  const both = [...named, ...(chosen.length > 0 ? chosen : choices.slice(0, 1))].join(',');
  const others = config.targets.filter((one) => one !== target).join(',');
  const alone = others === '' ? '' : `, or \`-t ${others}\` to build that alone`;
  return (
    `Write \`-p ${both}\`${alone}. The choices for ${target}: ${choices.join(', ')}, or a ` +
    'pipeline of your own.'
  );
}

function choicesOf(target: Target): string {
  const choices = fieldChoices(target).map(
    ({ name, description }) => `\`pipelines: { ${target}: ${name} }\` (${description})`,
  );
  const before = choices.slice(0, -1).join(', ');
  return (
    `Write in sigpack.yml one of ${before}, a pipeline of your own, or ${choices.at(-1)}; ` +
    `\`-p\` chooses for one run.`
  );
}

/** The key `pipelines`, or the start of the file. */
function pipelinesSpan(file: LoadedConfig['file']): Span {
  return spanOfKey(rootOf(file), 'pipelines') ?? { start: 0, end: 0 };
}

/** Notes targets without pipelines whose products may have other field names than Sigma. */
export function noteSigmaNames(targets: readonly string[]): void {
  const concerned = targets.filter((name) => fieldChoices(name).length > 1);
  if (concerned.length === 0) return;
  process.stderr.write(
    `sigpack: ${concerned.join(', ')}: field names are Sigma's own; -p chooses pipelines ` +
      `(sigpack list pipelines), -p none says that these names are meant\n`,
  );
}
