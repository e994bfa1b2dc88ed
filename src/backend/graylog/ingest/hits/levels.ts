import { type Level, levels } from '../../../../sigma/rule/rule.ts';
import { fieldText, fieldValue } from '../../pipeline-rule/text.ts';
import { temporaryPrefix } from '../temporary-fields.ts';
import { type PipelineRuleText, ruleText } from '../texts.ts';

/** What the fields begin with that note a level until the highest one is known; of all packs. */
export const levelPrefix = `${temporaryPrefix}level_`;

/** The level where it is that of the message, else null. */
export const ifLevel = (level: Level): string =>
  `{${level}: "${level}"}[${fieldText('sigma_level')}]`;

/** Sets the highest of the levels that were noted, and of the one that an earlier test has set. */
export function levelRule(pack: string): PipelineRuleText {
  const noted = levels.map((level) => [level, fieldValue(levelPrefix + level)] as const);
  const condition = noted.map(([level, value]) => `"${level}" == ${value}`).join(' || ');
  const known = [...noted].reverse().flatMap(([level, value]) => [value, ifLevel(level)]);
  const highest = `  set_field("sigma_level", first_non_null([${known.join(', ')}]));\n`;
  return ruleText(`${pack} level`, condition, highest, []);
}
