import { dataNeeded } from '../src/docs/data-needed.ts';
import { type CompiledRule, logSourcesOf } from '../src/query/compile.ts';

/** The log sources of Windows of rules, by whether a page names their log. */
export function windowsLogs(rules: readonly CompiledRule[]): {
  readonly known: readonly string[];
  readonly unknown: readonly string[];
} {
  const sources = new Map<string, boolean>();
  for (const compiled of rules) {
    const isKnown = dataNeeded(compiled).some((line) =>
      /^(?:Channels?|ETW provider): ./.test(line),
    );
    for (const { product, category, service } of logSourcesOf(compiled)) {
      if (product === 'windows')
        sources.set([product, category, service].filter(Boolean).join(' '), isKnown);
    }
  }
  const named = (wanted: boolean): readonly string[] =>
    [...sources].flatMap(([name, isKnown]) => (isKnown === wanted ? [name] : []));
  return { known: named(true), unknown: named(false) };
}
