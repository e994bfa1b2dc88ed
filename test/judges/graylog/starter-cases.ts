import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { collect } from '../../../src/sigma/collection/collection.ts';
import { readDocuments } from '../../../src/sigma/collection/document.ts';
import type { DetectionRule } from '../../../src/sigma/rule/rule.ts';
import { createBag } from '../../../src/source/diagnostic.ts';
import { findRuleFiles } from '../../rule-files.ts';
import { windowsEvents } from '../../starter-events.ts';
import type { WindowsEvent } from '../../windows-events.ts';
import { root } from '../places.ts';

/** An event of a rule's tests. */
export interface Asked {
  readonly rule: DetectionRule;
  readonly event: WindowsEvent;
  /** The rule is to find it. */
  readonly hit: boolean;
}

/** The product changes the one field that the rule asks for in a way of its own. */
const changedByProducts = 'Exclusion Added to Microsoft Defender';

/** Of the rules for Windows that find single events and stand alone in the pack. */
export function askedEvents(): readonly Asked[] {
  const bag = createBag();
  const documents = findRuleFiles([join(root, 'rules', 'windows')], bag).flatMap(
    (path) => readDocuments({ path, text: readFileSync(path, 'utf8') }, bag).documents,
  );
  const collection = collect(documents, bag);
  return collection.rules.flatMap((rule): readonly Asked[] => {
    if (
      rule.kind !== 'detection' ||
      rule.id === undefined ||
      rule.title === changedByProducts ||
      !collection.standsAlone(rule)
    )
      return [];
    return windowsEvents(rule).map(([event, hit]) => ({ rule, event, hit }));
  });
}
