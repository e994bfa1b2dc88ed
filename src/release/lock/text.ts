import { dump } from 'js-yaml';
import { stanzaKey } from '../../pack/render/conf-text.ts';
import type { DiagnosticBag, NewDiagnostic } from '../../source/diagnostic.ts';
import { failed, ok, type Result } from '../../source/result.ts';
import { checkSchema } from '../../source/schema/check-schema.ts';
import type { SourceFile, Span } from '../../source/span.ts';
import { parseYaml } from '../../source/yaml/parse.ts';
import { lookup, toPlain, type YamlNode } from '../../source/yaml/tree.ts';
import type { Lock } from './lock.ts';
import { type LockRecord, lockOfRecord, recordOfLock } from './record.ts';
import { lockSchema } from './schema.ts';

const heading =
  '# Written by `sigpack release`: what was published, one block per rule. ' +
  'Commit it; do not edit it.\n';

/** The lock as YAML: the same text for the same lock. Its last line shows that it is complete. */
export const lockText = (lock: Lock): string =>
  heading + dump({ lock: 1, ...recordOfLock(lock), end: true }, { lineWidth: -1, noRefs: true });

/** A lock with the places of its rules' ids in the file. */
export interface PlacedLock extends Lock {
  readonly places: ReadonlyMap<string, Span>;
}

/** Reads a lock; undefined after diagnostics (LCK001). A lock in doubt is not read in part. */
export function readLock(file: SourceFile, bag: DiagnosticBag): PlacedLock | undefined {
  const lock = lockIn(file);
  if (lock.ok) return lock.value;
  for (const diagnostic of lock.error) bag.add(file, diagnostic);
  return undefined;
}

type LockResult = Result<PlacedLock, readonly NewDiagnostic[]>;

function lockIn(file: SourceFile): LockResult {
  const conflict = /^(?:<{7}|={7}|>{7}|\|{7})(?: |\r?$)/m.exec(file.text);
  if (conflict)
    return invalid(
      'the lock has conflict marks of a merge',
      { start: conflict.index, end: conflict.index + 7 },
      'Take either side whole (git checkout --ours or --theirs sigpack.lock), ' +
        'then run `sigpack release`.',
    );
  const { documents, errors } = parseYaml(file);
  const [first] = errors;
  if (first) return invalid(first.message, first.span);
  const [root, second] = documents;
  if (!root) return invalid('the lock is empty');
  if (second) return invalid('the lock has more than one YAML document');
  const misfits = checkSchema(lockSchema, root, 'LCK001');
  if (misfits.length > 0) return failed(misfits);
  const lock = lockOfRecord(toPlain(root) as LockRecord);
  const duplicate = duplicateIn(lock);
  return duplicate === undefined
    ? ok({ ...lock, places: keyPlaces(lookup(root, 'rules')) })
    : invalid(duplicate);
}

const invalid = (message: string, span: Span = { start: 0, end: 0 }, hint?: string): LockResult =>
  failed([{ code: 'LCK001', message, span, hint }]);

const keyPlaces = (node: YamlNode | undefined): ReadonlyMap<string, Span> =>
  new Map(
    node?.kind === 'mapping'
      ? node.pairs.map(({ key: { text, start, end } }) => [text, { start, end }])
      : [],
  );

/** A name or id that two rules have and only one may have. */
function duplicateIn({ rules, retired }: Lock): string | undefined {
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
