import type { Remark } from '../backend/backend.ts';
import type { Rule } from '../sigma/collection/collection.ts';
import type { DiagnosticBag } from '../source/diagnostic.ts';

/**
 * Complaints about rules for targets. One whose place is elsewhere, in a filter or the
 * configuration, is told once and names the rules.
 */
export interface SharedComplaints {
  readonly add: (target: string, rule: Rule, remarks: readonly Remark[]) => void;
  /** Of what several rules may share. */
  readonly tell: () => void;
}

interface Shared {
  readonly target: string;
  readonly remark: Remark;
  readonly titles: Set<string>;
}

export function createSharedComplaints(bag: DiagnosticBag): SharedComplaints {
  const found = new Map<string, Shared>();
  const put = (target: string, { file, ...remark }: Remark, where = ''): void =>
    bag.add(file, { ...remark, message: `${target}: ${remark.message}${where}`, target });
  return {
    add(target, rule, remarks) {
      for (const remark of remarks) {
        if (remark.file.path === rule.file.path) {
          put(target, remark);
          continue;
        }
        const key = JSON.stringify([
          target,
          remark.file.path,
          remark.span.start,
          remark.code,
          remark.message,
        ]);
        const shared = found.get(key) ?? { target, remark, titles: new Set() };
        shared.titles.add(rule.title);
        found.set(key, shared);
      }
    },
    tell() {
      for (const { target, remark, titles } of found.values())
        put(target, remark, ofRules([...titles]));
    },
  };
}

const maximumTitles = 5;

function ofRules(titles: readonly string[]): string {
  const named = titles.slice(0, maximumTitles).map((title) => `"${title}"`);
  const more = titles.length > named.length ? ` and ${titles.length - named.length} more` : '';
  return `; in the ${titles.length === 1 ? 'rule' : 'rules'} ${named.join(', ')}${more}`;
}
