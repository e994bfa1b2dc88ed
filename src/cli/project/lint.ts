import { type Exclusion, exclusionOf, isExcluded } from '../../lint/exclusions.ts';
import type { CompiledOutcome } from '../../pack/pack.ts';
import type { OnRule } from '../../sigma/collection/document.ts';
import type { DiagnosticBag } from '../../source/diagnostic.ts';
import { didYouMean, nearest } from '../../source/nearest.ts';
import type { SourceFile } from '../../source/span.ts';
import { rootOf } from '../../source/yaml/parse.ts';
import { lookup } from '../../source/yaml/tree.ts';
import { statsOf } from '../files/path-stats.ts';
import type { Project } from './project.ts';

/** What a build checks of each rule as it goes, and which diagnostics it leaves out. */
export interface Lint {
  readonly onRule: OnRule;
  readonly onOutcome: (outcome: CompiledOutcome) => void;
  /** Reports what concerns several rules, and removes what the configuration excludes. */
  readonly finish: () => void;
}

/**
 * `checks`: rules are checked beyond what a build needs. Undefined where there is nothing to check
 * or exclude.
 */
export async function lintOf(
  { loaded: { config, file }, bag }: Project,
  paths: readonly string[],
  checks: boolean,
): Promise<Lint | undefined> {
  const { exclude } = config.lint;
  // checks are loaded only if they are wanted
  const linter = checks
    ? (await import('../../lint/linter.ts')).createLinter({
        config: config.lint,
        severities: config.severities,
        bag,
        today: new Date().toISOString().slice(0, 10),
        isWhole: paths.every((path) => statsOf(path)?.isDirectory() === true),
      })
    : undefined;
  if (!linter && exclude.size === 0) return undefined;
  const ids = new Set<string>();
  const exclusions: Exclusion[] = [];
  return {
    onRule(rule, document, sink) {
      linter?.onRule(rule, document, sink);
      if (exclude.size > 0) ids.add(rule.id?.toLowerCase() ?? '');
      const exclusion = exclusionOf(rule, config.lint);
      if (exclusion) exclusions.push(exclusion);
    },
    onOutcome: ({ written }) => linter?.onMeaning(written),
    finish() {
      linter?.finish();
      // a rule that could not be read still has its id
      if (paths.length === 0 && !bag.list.some(({ severity }) => severity === 'error'))
        reportUnknown(exclude, ids, file, bag);
      if (exclusions.length === 0) return;
      const kept = bag.list.filter((one) => !isExcluded(one, exclusions));
      bag.list.splice(0, bag.list.length, ...kept);
    },
  };
}

/** Warns of ids in `lint.exclude` that no rule of the configuration has. */
function reportUnknown(
  excluded: ReadonlyMap<string, unknown>,
  ids: ReadonlySet<string>,
  file: SourceFile,
  bag: DiagnosticBag,
): void {
  if ([...excluded.keys()].every((id) => ids.has(id))) return;
  const keys = lookup(lookup(rootOf(file), 'lint'), 'exclude');
  if (keys?.kind !== 'mapping') return;
  for (const { key } of keys.pairs) {
    const id = key.text.toLowerCase();
    if (ids.has(id)) continue;
    const near = nearest(id, ids);
    const hint = near === undefined ? 'Correct or remove the entry.' : didYouMean(near);
    bag.add(file, {
      code: 'PCK008',
      message: `\`${key.text}\` is the id of no rule here`,
      span: key,
      hint,
    });
  }
}
