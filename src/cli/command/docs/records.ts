import { win32 } from 'node:path';
import { alertRecord, remediationRecord } from '../../../docs/site/record-of.ts';
import type { RuleRecord, RuleTest } from '../../../docs/site/rule-record.ts';
import { mergeSettings } from '../../../pack/config/merge-settings.ts';
import { ruleAddress } from '../../../pack/model/rule-address.ts';
import { type CompiledRule, logSourcesOf } from '../../../query/compile.ts';
import type { RuleHead } from '../../../sigma/rule/rule.ts';
import { isOutside } from '../../files/portable-path.ts';
import type { Project } from '../../project/project.ts';

/** What the project knows of a rule: its place, the versions in the lock, its tests. */
export function recordsOf(
  project: Project,
  testsOf: (rule: Pick<RuleHead, 'file' | 'span'>) => readonly RuleTest[] | undefined,
  playgroundOf: (compiled: CompiledRule) => string | undefined = () => undefined,
): (compiled: CompiledRule) => RuleRecord {
  const { loaded, lock, history } = project;
  return (compiled) => {
    const { rule } = compiled;
    const path = history.pathOf(rule.file.path);
    const locked = rule.id === undefined ? undefined : lock?.rules.get(rule.id);
    const tests = testsOf(rule);
    // a rule on another drive has no relative path
    const outside = isOutside(path, { sep: '/', isAbsolute: win32.isAbsolute });
    const isInside = !outside && rule.file.path !== '-';
    const sourceUrl = isInside ? ruleAddress(loaded.config.ruleUrl, path) : undefined;
    const playground = playgroundOf(compiled);
    const logSources = logSourcesOf(compiled);
    const settings = mergeSettings(loaded.config, rule, logSources);
    return {
      ...(playground === undefined ? {} : { playground }),
      ...(isInside ? { path } : {}),
      ...(sourceUrl === undefined ? {} : { sourceUrl }),
      ...(locked ? { added: locked.added, changed: locked.changed } : {}),
      ...(loaded.exists ? alertRecord(compiled, logSources, settings) : {}),
      ...remediationRecord(settings),
      ...(tests ? { tests } : {}),
    };
  };
}
