import { isUuid } from '../sigma/rule/rule-id.ts';
import { type Checked, placeOf } from './check.ts';

export function checkId(checked: Checked): void {
  const { id } = checked.rule;
  if (id === undefined) return;
  const place = placeOf(checked, 'id');
  if (!isUuid(id)) checked.report('LNT008', place, `\`${id}\` is not a UUID`);
  // the digits of version and variant
  else if (!/^.{14}4.{4}[89ab]/i.test(id))
    checked.report('LNT037', place, `\`${id}\` is not a UUID of version 4`);
}
