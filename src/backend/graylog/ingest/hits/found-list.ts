import { fieldText, quoted } from '../../pipeline-rule/text.ts';
import type { HitTemporaries } from '../temporary-fields.ts';
import { type PipelineRuleText, ruleText } from '../texts.ts';

/** A rule by its key, and the text of its condition. */
export interface Asked {
  readonly key: string;
  readonly condition: string;
}

/**
 * Notes which of the conditions hold: the text of a list, `[false, key, true, key]`, at the end of
 * what other lists noted. Each condition is evaluated once, without a rule of its own.
 */
export function foundAction(asked: readonly Asked[], { found }: HitTemporaries): string {
  const items = asked.map(({ key, condition }) => `${condition}, ${quoted(key)}`);
  return noted(`to_string([\n    ${items.join(',\n    ')}\n  ])`, found);
}

/** Notes a rule whose condition holds. */
export const holdsAction = (key: string, { found }: HitTemporaries): string =>
  noted(quoted(`[true, ${key}]`), found);

const noted = (list: string, found: string): string =>
  `  set_field(${quoted(found)}, concat(${fieldText(found)}, ${list}));\n`;

/**
 * Holds if a condition of the lists did, and then makes the expression that finds the lines of a
 * table whose rules were not found.
 */
export function wantedRule(pack: string, { found, wanted }: HitTemporaries): PipelineRuleText {
  // keys are hexadecimal: only `true` has a `t`. An alternative before each key: tables look for it
  const keys = `regex_replace("[^t]*true, (\\\\w+)|[^t]+", ${fieldText(found)}, "|$1")`;
  const pattern = `concat("(?dm)^(?!(?:", concat(${keys}, ")\\\\t)[^\\\\n]*\\\\n?"))`;
  return ruleText(
    `${pack} found`,
    `contains(${fieldText(found)}, "true")`,
    `  set_field(${quoted(wanted)}, ${pattern});\n`,
    [],
  );
}
