import type { PackInput } from '../pack/pack.ts';
import type { OnRule } from '../sigma/document.ts';
import type { SourceFile, Span } from '../source/span.ts';
import { statsOf } from './path-stats.ts';
import type { Project } from './project.ts';

/** What a build asks of each rule on the way, and what it leaves unsaid. */
export interface Lint {
  readonly onRule: OnRule;
  readonly onOutcome: NonNullable<PackInput['onOutcome']>;
  /** Tells what concerns several rules, and takes back what the configuration excludes. */
  readonly finish: () => void;
}

/** `checks`: rules are asked for more than a build needs. Undefined where there is nothing to do. */
export async function lintOf({ loaded: { config }, bag }: Project, paths: readonly string[], checks: boolean): Promise<Lint | undefined> {
  const { exclude } = config.lint;
  // what checks need is loaded where they are asked for
  const linter = checks
    ? (await import('../lint/linter.ts')).createLinter({
        config: config.lint,
        severities: config.severities,
        bag,
        today: new Date().toISOString().slice(0, 10),
        isWhole: paths.every((path) => statsOf(path)?.isDirectory() === true),
      })
    : undefined;
  if (!linter && exclude.size === 0) return undefined;
  const places: { readonly file: SourceFile; readonly span: Span; readonly codes: ReadonlySet<string> }[] = [];
  return {
    onRule(rule, document) {
      linter?.onRule(rule, document);
      const codes = exclude.get(rule.id?.toLowerCase() ?? '');
      if (codes) places.push({ file: rule.file, span: rule.span, codes });
    },
    onOutcome: (_, written) => linter?.onMeaning(written),
    finish() {
      linter?.finish();
      if (places.length === 0) return;
      const isExcluded = ({ code, file: { path }, span: { start } }: (typeof bag.list)[number]): boolean =>
        places.some((place) => place.codes.has(code) && place.file.path === path && start >= place.span.start && start < place.span.end);
      bag.list.splice(0, bag.list.length, ...bag.list.filter((one) => !isExcluded(one)));
    },
  };
}
