import type { TargetDiagnostic } from '../backend/backend.ts';
import type { Rule } from '../sigma/collection/collection.ts';
import type { DiagnosticBag } from '../source/diagnostic.ts';
import { firstFew, plural } from '../source/plural.ts';

/**
 * Diagnostics about rules in targets. A diagnostic that points elsewhere, at a filter or the
 * configuration, is reported once and names the rules.
 */
export interface SharedDiagnostics {
  readonly add: (target: string, rule: Rule, diagnostics: readonly TargetDiagnostic[]) => void;
  /** Reports what several rules may share. */
  readonly report: () => void;
}

interface Shared {
  readonly target: string;
  readonly diagnostic: TargetDiagnostic;
  readonly titles: Set<string>;
}

export function createSharedDiagnostics(bag: DiagnosticBag): SharedDiagnostics {
  const found = new Map<string, Shared>();
  const told = new Set<string>();
  const put = (target: string, { file, ...diagnostic }: TargetDiagnostic, where = ''): void =>
    bag.add(file, { ...diagnostic, message: `${target}: ${diagnostic.message}${where}`, target });
  return {
    add(target, rule, diagnostics) {
      for (const diagnostic of diagnostics) {
        const key = JSON.stringify([
          target,
          diagnostic.file.path,
          diagnostic.span.start,
          diagnostic.code,
          diagnostic.message,
        ]);
        if (diagnostic.file.path === rule.file.path) {
          // a correlation in the file of its rules repeats what is said of them
          if (!told.has(key)) put(target, diagnostic);
          told.add(key);
          continue;
        }
        const shared = found.get(key) ?? { target, diagnostic, titles: new Set() };
        shared.titles.add(rule.title);
        found.set(key, shared);
      }
    },
    report() {
      for (const { target, diagnostic, titles } of found.values())
        put(target, diagnostic, ofRules([...titles]));
    },
  };
}

const maximumTitles = 5;

function ofRules(titles: readonly string[]): string {
  const named = titles.map((title) => `"${title}"`);
  return `; in the ${plural(titles.length, 'rule')} ${firstFew(named, maximumTitles)}`;
}
