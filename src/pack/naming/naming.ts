import type { Rule } from '../../sigma/collection/collection.ts';
import type { DiagnosticBag } from '../../source/diagnostic.ts';
import { addTogether, type Similar } from '../../source/together.ts';
import type { PackInfo } from '../model/detection.ts';
import { stanzaKey } from '../render/conf-text.ts';
import { createNames, ruleIn } from './allotted-names.ts';
import { generatedIds, ownId, titleId } from './detection-id.ts';
import type { DetectionName, Named } from './detection-name.ts';
import { chosenName, planNames } from './name-plan.ts';
import { plainName } from './name-text.ts';
import { type NamingHistory, noHistory, publishedNames } from './published-names.ts';

export interface NamerInput {
  readonly info: PackInfo;
  readonly prefix: string;
  /** Rules whose names may collide; `nameOf` also takes others. */
  readonly rules: readonly Rule[];
  readonly bag: DiagnosticBag;
  readonly history?: NamingHistory | undefined;
}

export interface Namer {
  /**
   * The unique id, name, slug and macro of a rule; `chosen` is the name in its settings. Undefined
   * after a diagnostic: another detection has the chosen name.
   */
  readonly nameOf: (rule: Rule, chosen: string | undefined) => DetectionName | undefined;
  /** Reports which of the named rules are not called by their titles. */
  readonly report: () => void;
}

/**
 * Names detections by their titles. Of rules with the same title, ignoring case, the one with the
 * best claim gets the plain title; published names stay. All known rules count, selected or not, so
 * that a selection never changes a name.
 */
export function createNamer({ info, prefix, rules, bag, history = noHistory }: NamerInput): Namer {
  const known = publishedNames(history);
  const generated = generatedIds(rules, info.id, history);
  const idOf = (rule: Rule): string =>
    generated.get(rule) ??
    (rule.id === undefined ? titleId(rule.title, info.id) : ownId(rule.id, info.id));
  const published = (rule: Rule) => known.byId.get(idOf(rule).toLowerCase());
  const names = createNames(info.id, known);
  const planned = planNames({ rules, prefix, names, idOf, published });
  /** By chosen name: the rule of the pack that got it. */
  const chosen = new Map<string, string>();
  const found: Similar[] = [];

  /** Who already has the chosen name; undefined if it is this rule. */
  const rivalOf = (rule: Rule, key: string): string | undefined => {
    const rival = planned.chosen
      .get(key)
      ?.find((one) => one !== rule && stanzaKey(published(one)?.name ?? '') === key);
    return rival ? ruleIn(rival) : chosen.get(key);
  };
  const nameOf = (rule: Rule, wanted: string | undefined): Named | undefined => {
    const before = published(rule);
    const id = idOf(rule);
    const one =
      planned.names.get(rule) ??
      (before
        ? names.give(rule, id, before.name)
        : names.named(rule, id, prefix + (wanted ?? rule.title)));
    if (wanted === undefined) return one;
    const name = plainName(prefix + wanted, id);
    const key = stanzaKey(name);
    // a published name stays, whatever is chosen later
    if (before && stanzaKey(before.name) !== key) return one;
    // a name that the configuration chooses for several rules is not the choice of any of them
    const common = chosenName(rule) === undefined && one.name !== name;
    const rival = rivalOf(rule, key) ?? (common ? names.holderOf(name, id) : undefined);
    if (rival === undefined) {
      chosen.set(key, ruleIn(rule));
      return common ? names.give(rule, id, name) : one;
    }
    bag.add(rule.file, {
      code: 'PCK002',
      message: `"${name}" is already the name of ${rival}`,
      span: rule.titleSpan,
    });
    return undefined;
  };
  return {
    nameOf(rule, wanted) {
      const one = nameOf(rule, wanted);
      if (!one?.instead) return one;
      const { instead, ...own } = one;
      found.push(takenTitle(rule, own.name, instead));
      return own;
    },
    report: () =>
      addTogether(
        bag,
        found,
        'rules have the title of another, so their names end in digits of their ids',
      ),
  };
}

const takenTitle = (
  { file, titleSpan }: Rule,
  name: string,
  { name: title, holder }: NonNullable<Named['instead']>,
): Similar => ({
  code: 'PCK009',
  message: `"${title}" is the name of ${holder}; in the packs, this one is "${name}"`,
  short: `"${name}" (${file.path}, beside ${holder})`,
  file,
  span: titleSpan,
});
