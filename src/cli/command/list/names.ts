import type { ProcessingItem } from '../../../pipeline/pipeline.ts';
import type { Rule } from '../../../sigma/collection/collection.ts';
import { fieldsOf } from '../../../sigma/collection/rule-fields.ts';
import type { LogSource } from '../../../sigma/rule/rule.ts';
import { createBag } from '../../../source/diagnostic.ts';
import { ok, type Result } from '../../../source/result.ts';
import type { ExitCode } from '../../error/exit-code.ts';
import { loadRules } from '../../project/load.ts';
import { builtInNames, loadPipelines } from '../../project/pipeline-files.ts';
import { openProject, reportProject, rulePaths } from '../../project/project.ts';
import type { Counted } from './listed.ts';

export type Names = 'logsources' | 'fields';

interface Rows {
  readonly rows: readonly Counted[];
  readonly code: ExitCode;
}

/** A log source or a field. */
type Named = Pick<Counted, 'name' | 'logsource'>;

/**
 * Log sources or fields of some rules, the most frequent first; errors of the rules are reported.
 */
export async function namesOfRules(
  what: Names,
  paths: readonly string[],
  config: string | undefined,
): Promise<Result<Rows, ExitCode>> {
  const answer = { format: 'text', verbose: false, names: 'verbose' } as const;
  const opened = await openProject({ config, targets: [] }, answer);
  if (!opened.ok) return opened;
  const project = opened.value;
  const { collection } = loadRules(rulePaths(project, paths), project.bag, project.terminal);
  const counts = new Map<string, Named & { readonly rules: number }>();
  for (const rule of collection.rules)
    for (const one of namesIn(what, rule))
      counts.set(one.name, { ...one, rules: (counts.get(one.name)?.rules ?? 0) + 1 });
  const rows = [...counts.values()].sort((a, b) => b.rules - a.rules || (a.name < b.name ? -1 : 1));
  return ok({ rows, code: reportProject(project, answer) });
}

function namesIn(what: Names, rule: Rule): readonly Named[] {
  if (what === 'fields') return [...fieldsOf(rule)].map(namedField);
  return rule.kind === 'detection' ? [namedSource(rule.logsource)] : [];
}

/** Log sources or fields that built-in pipelines know, by name. */
export function namesOfPipelines(what: Names): readonly Counted[] {
  const known = new Map<string, Named & { readonly pipelines: readonly string[] }>();
  const bag = createBag();
  for (const pipeline of builtInNames()) {
    const items = loadPipelines([pipeline], '.', bag).flatMap((one) => one.items);
    for (const one of items.flatMap(what === 'fields' ? sourceFields : sources))
      known.set(one.name, {
        ...one,
        pipelines: [...new Set([...(known.get(one.name)?.pipelines ?? []), pipeline])],
      });
  }
  return [...known.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

const sources = ({ sources: named = [], transformation }: ProcessingItem): readonly Named[] => [
  ...named.map(namedSource),
  ...(transformation.kind === 'nest' ? transformation.items.flatMap(sources) : []),
];

function sourceFields({ transformation }: ProcessingItem): readonly Named[] {
  if (transformation.kind === 'nest') return transformation.items.flatMap(sourceFields);
  return transformation.kind === 'field' ? (transformation.sources ?? []).map(namedField) : [];
}

const namedField = (name: string): Named => ({ name });

/** By the name `product=windows category=process_creation`. */
function namedSource({ product, category, service }: LogSource): Named {
  const logsource = {
    ...(product === undefined ? {} : { product }),
    ...(category === undefined ? {} : { category }),
    ...(service === undefined ? {} : { service }),
  };
  return {
    name: Object.entries(logsource)
      .map(([key, value]) => `${key}=${value}`)
      .join(' '),
    logsource,
  };
}
