import { dump } from 'js-yaml';
import type { Target } from '../../pack/config/config.ts';
import type { RetiredDetection } from '../../pack/config/published.ts';
import { stanzaKey } from '../../pack/render/conf-text.ts';
import type { Level } from '../../sigma/rule/rule.ts';
import { createBag, type DiagnosticBag } from '../../source/diagnostic.ts';
import { checkSchema } from '../../source/schema/check-schema.ts';
import type { SourceFile, Span } from '../../source/span.ts';
import { parseYaml } from '../../source/yaml/parse.ts';
import { lookup, toPlain, type YamlNode } from '../../source/yaml/tree.ts';
import type { Lock, LockedRule } from './lock.ts';
import { lockSchema } from './schema.ts';

const heading =
  '# Written by `sigpack release`: what was published, a block a rule. Commit it; do not ' +
  'edit it.\n';

/**
 * The lock as YAML, always the same for the same lock. The last line tells that the file is whole.
 */
export function lockText({ pack, rules, retired }: Lock): string {
  const { id, version, revision, parameters, settings } = pack;
  const written = {
    lock: 1,
    pack: { id, version, revision, parameters, ...(settings === undefined ? {} : { settings }) },
    rules: Object.fromEntries([...rules].map(([key, rule]) => [key, writtenRule(rule)])),
    retired: Object.fromEntries([...retired].map(([key, one]) => [key, writtenRetired(one)])),
    end: true,
  };
  return heading + dump(written, { lineWidth: -1, noRefs: true });
}

interface WrittenRetired {
  readonly id: string;
  readonly title: string;
  readonly slug: string;
  readonly macro?: string;
  readonly splunk: boolean;
  readonly retired: string;
}

const writtenRetired = ({
  id,
  title,
  slug,
  filterMacro,
  retired,
  inSplunk,
}: RetiredDetection): WrittenRetired => ({
  id,
  title,
  slug,
  ...writtenMacro(slug, filterMacro),
  splunk: inSplunk,
  retired,
});

/** Locks that name no macro are of a time when it had no id of the pack before it. */
const firstMacro = (slug: string): string => `${slug}_filter`;
const writtenMacro = (slug: string, macro: string | undefined): { readonly macro?: string } =>
  macro === undefined || macro === firstMacro(slug) ? {} : { macro };
const readMacro = (
  slug: string,
  macro: string | undefined,
  inSplunk: boolean,
): { readonly filterMacro?: string } =>
  inSplunk ? { filterMacro: macro ?? firstMacro(slug) } : {};

interface WrittenRule {
  readonly title: string;
  readonly file: string;
  readonly stanza: string;
  readonly slug: string;
  readonly macro?: string;
  readonly generated?: true;
  readonly entities?: readonly string[];
  /** `off` would be a boolean to old readers of YAML. */
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

function writtenRule({
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
}: LockedRule): WrittenRule {
  const { text, condition, settings, queries } = digests;
  return {
    title,
    file,
    stanza: name,
    slug,
    ...writtenMacro(slug, filterMacro),
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

/** A lock with the places of its rules' ids in the file. */
export interface PlacedLock extends Lock {
  readonly places: ReadonlyMap<string, Span>;
}

/**
 * Reads a lock; undefined when `bag` has been told (LCK001) what is wrong with it. Nothing is
 * guessed: a lock in doubt is no lock.
 */
export function readLock(file: SourceFile, bag: DiagnosticBag): PlacedLock | undefined {
  const conflict = /^(?:<{7}|={7}|>{7}|\|{7})(?: |\r?$)/m.exec(file.text);
  if (conflict) {
    const hint =
      'Take either side whole (git checkout --ours or --theirs sigpack.lock), then run ' +
      '`sigpack release`.';
    bag.add(file, {
      code: 'LCK001',
      message: 'the lock has conflict marks of a merge',
      span: { start: conflict.index, end: conflict.index + 7 },
      hint,
    });
    return undefined;
  }
  const own = createBag();
  const [root, second] = parseYaml(file, own);
  const [reason] = own.list;
  if (reason && reason.severity === 'error') return refuse(file, bag, reason.message, reason.span);
  if (!root || second)
    return refuse(
      file,
      bag,
      root ? 'the lock has more than one YAML document' : 'the lock is empty',
      { start: 0, end: 0 },
    );
  const diagnostics = checkSchema(lockSchema, root, 'LCK001');
  for (const diagnostic of diagnostics) bag.add(file, diagnostic);
  return diagnostics.length > 0 ? undefined : checkedLock(file, root, bag);
}

function refuse(
  file: SourceFile,
  bag: DiagnosticBag,
  message: string,
  span: { readonly start: number; readonly end: number },
): undefined {
  bag.add(file, { code: 'LCK001', message, span });
}

interface WrittenLock {
  readonly pack: Lock['pack'];
  readonly rules: Readonly<Record<string, WrittenRule>>;
  readonly retired: Readonly<Record<string, WrittenRetired>>;
}

function checkedLock(file: SourceFile, root: YamlNode, bag: DiagnosticBag): PlacedLock | undefined {
  const written = toPlain(root) as WrittenLock;
  const rules = new Map(
    Object.entries(written.rules).map(([id, rule]) => [id, lockedRule(id, rule)]),
  );
  const retired = new Map(
    Object.entries(written.retired).map(
      ([name, { id, title, slug, macro, splunk, retired: version }]): [
        string,
        RetiredDetection,
      ] => [
        name,
        {
          id,
          title,
          name,
          slug,
          ...readMacro(slug, macro, splunk),
          retired: version,
          inSplunk: splunk,
        },
      ],
    ),
  );
  const lock = { pack: written.pack, rules, retired, places: keyPlaces(lookup(root, 'rules')) };
  const reason = doubleIn(lock);
  return reason === undefined ? lock : refuse(file, bag, reason, { start: 0, end: 0 });
}

const keyPlaces = (node: YamlNode | undefined): ReadonlyMap<string, Span> =>
  new Map(
    node?.kind === 'mapping'
      ? node.pairs.map(({ key: { text, start, end } }) => [text, { start, end }])
      : [],
  );

function lockedRule(
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
  }: WrittenRule,
): LockedRule {
  const queries = {
    ...(splunk === undefined ? {} : { splunk }),
    ...(graylog === undefined ? {} : { graylog }),
  };
  return {
    id,
    name: stanza,
    ...readMacro(rest.slug, macro, splunk !== undefined),
    generated: generated === true,
    inSplunk: splunk !== undefined,
    entities,
    ...(disabled === undefined ? {} : { off: disabled }),
    digests: { text, condition, settings, queries },
    ...rest,
  };
}

/** What two rules share that is one's alone. */
function doubleIn({ rules, retired }: Lock): string | undefined {
  const seen = new Map<string, string>();
  for (const one of [...rules.values(), ...retired.values()]) {
    const keys = [
      `stanza ${stanzaKey(one.name)}`,
      `slug ${one.slug}`,
      ...(one.filterMacro === undefined ? [] : [`macro ${one.filterMacro}`]),
      ...('entities' in one ? one.entities.map((entity) => `entity ${entity}`) : []),
    ];
    for (const key of keys) {
      const other = seen.get(key);
      if (other !== undefined) return `${one.id} and ${other} have the same ${key}`;
      seen.set(key, one.id);
    }
  }
  return undefined;
}
