import type { DetectionItem, ModifierUse } from '../sigma/rule/rule.ts';
import { chainError, modifierRoles } from '../sigma/value/modifier.ts';
import { modifierHint } from '../sigma/value/modifier-hint.ts';
import type { Meaning } from './meaning.ts';

/** Chains without an error: rules use few, and each is checked once. */
const soundChains = new Set<string>();
const maximumSoundChains = 1000;

/** Whether the modifiers of an item go together; false after a diagnostic. */
export function chainHolds(
  meaning: Meaning,
  item: DetectionItem,
  names: readonly string[],
): boolean {
  if (names.length === 0) return true;
  const chain = `${item.field === undefined ? '' : 'field'}|${names.join('|')}`;
  const single = item.values.length === 1 && names.includes('all');
  if (!single && soundChains.has(chain)) return true;
  const sound = checkChain(meaning, item);
  if (sound && soundChains.size < maximumSoundChains) soundChains.add(chain);
  return sound;
}

/** Limit for the modifiers of one key: there are some 30, and none may be repeated. */
const longestChain = 32;

function checkChain(meaning: Meaning, item: DetectionItem): boolean {
  const before: string[] = [];
  let sound = true;
  const report = (
    code: 'SIG020' | 'SIG021' | 'SIG025',
    modifier: ModifierUse,
    message: string,
    hint?: string,
  ) =>
    meaning.bag.add(meaning.file, {
      code,
      message,
      span: modifier.span,
      hint,
    });
  const beyond = item.modifiers[longestChain];
  if (beyond) {
    report(
      'SIG021',
      beyond,
      `the key has ${item.modifiers.length} modifiers, more than ${longestChain}`,
    );
    return false;
  }
  for (const modifier of item.modifiers) {
    if (!modifierRoles.has(modifier.name)) {
      if (modifier.name === '')
        report('SIG020', modifier, 'no modifier stands after `|`', 'Remove the `|`.');
      else
        report(
          'SIG020',
          modifier,
          `\`${modifier.name}\` is not a modifier of Sigma`,
          modifierHint(modifier.name),
        );
      return false;
    }
    const error = chainError(modifier.name, before, item.field === undefined);
    if (error) {
      report('SIG021', modifier, error.message, error.hint);
      sound = false;
    } else if (modifier.name === 'all' && item.values.length === 1)
      report('SIG025', modifier, '`all` has only one value to link');
    before.push(modifier.name);
  }
  return sound;
}
