import type { Target } from '../../pack/config/config.ts';
import type { RetiredDetection } from '../../pack/config/published.ts';
import type { Level } from '../../sigma/rule/rule.ts';
import type { Lock, LockedRule } from './lock.ts';

/** A lock as it is in the file. */
export interface LockRecord {
  readonly pack: Lock['pack'];
  /** By id. */
  readonly rules: Readonly<Record<string, RuleRecord>>;
  /** By name. */
  readonly retired: Readonly<Record<string, RetiredRecord>>;
}

interface RuleRecord {
  readonly title: string;
  readonly file: string;
  readonly stanza: string;
  readonly slug: string;
  readonly macro?: string;
  readonly generated?: true;
  readonly entities?: readonly string[];
  /** Not `off`, which old readers of YAML take for a boolean. */
  readonly disabled?: readonly Target[];
  readonly severity: Level;
  readonly text: string;
  readonly condition: string;
  readonly settings: string;
  readonly splunk?: string;
  readonly graylog?: string;
  readonly added: string;
  readonly changed: string;
}

interface RetiredRecord {
  readonly id: string;
  readonly title: string;
  readonly slug: string;
  readonly macro?: string;
  readonly splunk: boolean;
  readonly retired: string;
}

/** The record of a lock, always with the same order of keys. */
export function recordOfLock({ pack, rules, retired }: Lock): LockRecord {
  const { id, version, revision, parameters, settings } = pack;
  return {
    pack: { id, version, revision, parameters, ...(settings === undefined ? {} : { settings }) },
    rules: Object.fromEntries([...rules].map(([key, rule]) => [key, recordOfRule(rule)])),
    retired: Object.fromEntries([...retired].map(([key, one]) => [key, recordOfRetired(one)])),
  };
}

export const lockOfRecord = ({ pack, rules, retired }: LockRecord): Lock => ({
  pack,
  rules: new Map(Object.entries(rules).map(([id, rule]) => [id, ruleOfRecord(id, rule)])),
  retired: new Map(
    Object.entries(retired).map(([name, one]) => [name, retiredOfRecord(name, one)]),
  ),
});

function recordOfRule({
  title,
  file,
  name,
  slug,
  filterMacro,
  generated,
  entities,
  off,
  severity,
  digests,
  added,
  changed,
}: LockedRule): RuleRecord {
  const { text, condition, settings, queries } = digests;
  return {
    title,
    file,
    stanza: name,
    slug,
    ...recordOfMacro(slug, filterMacro),
    ...(generated ? { generated } : {}),
    ...(entities.length > 0 ? { entities } : {}),
    ...(off === undefined ? {} : { disabled: off }),
    severity,
    text,
    condition,
    settings,
    ...queries,
    added,
    changed,
  };
}

function ruleOfRecord(
  id: string,
  {
    stanza,
    macro,
    disabled,
    generated,
    entities = [],
    text,
    condition,
    settings,
    splunk,
    graylog,
    ...rest
  }: RuleRecord,
): LockedRule {
  const queries = {
    ...(splunk === undefined ? {} : { splunk }),
    ...(graylog === undefined ? {} : { graylog }),
  };
  return {
    id,
    name: stanza,
    ...macroOfRecord(rest.slug, macro, splunk !== undefined),
    generated: generated === true,
    inSplunk: splunk !== undefined,
    entities,
    ...(disabled === undefined ? {} : { off: disabled }),
    digests: { text, condition, settings, queries },
    ...rest,
  };
}

const recordOfRetired = ({
  id,
  title,
  slug,
  filterMacro,
  retired,
  inSplunk,
}: RetiredDetection): RetiredRecord => ({
  id,
  title,
  slug,
  ...recordOfMacro(slug, filterMacro),
  splunk: inSplunk,
  retired,
});

const retiredOfRecord = (
  name: string,
  { id, title, slug, macro, splunk, retired }: RetiredRecord,
): RetiredDetection => ({
  id,
  title,
  name,
  slug,
  ...macroOfRecord(slug, macro, splunk),
  retired,
  inSplunk: splunk,
});

/** The macro of records without one: older locks had no id of the pack in its name. */
const defaultMacro = (slug: string): string => `${slug}_filter`;

const recordOfMacro = (slug: string, macro: string | undefined): { readonly macro?: string } =>
  macro === undefined || macro === defaultMacro(slug) ? {} : { macro };

const macroOfRecord = (
  slug: string,
  macro: string | undefined,
  inSplunk: boolean,
): { readonly filterMacro?: string } =>
  inSplunk ? { filterMacro: macro ?? defaultMacro(slug) } : {};
