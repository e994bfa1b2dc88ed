import type { DiagnosticBag } from '../../source/diagnostic.ts';
import { differingKeys } from '../../source/sorted-json.ts';
import { addTogether, type Similar } from '../../source/together.ts';
import { toPlain } from '../../source/yaml/tree.ts';
import type { CorrelationRule } from '../correlation/correlation.ts';
import type { FilterRule } from '../filter/filter.ts';
import type { DetectionRule } from '../rule/rule.ts';
import { idKey } from '../rule/rule-id.ts';
import { contentKeys } from './content-key.ts';
import { byFreshness } from './precedence.ts';
import { createRereader } from './rereader.ts';

/** A document that must be the only one with its id. */
type Unique = DetectionRule | CorrelationRule | FilterRule;

/** A document that is left out, and the one that is kept instead. */
export interface LeftOut<T extends Unique> {
  readonly kept: T;
  readonly left: T;
}

/**
 * What a rule finds, and what it becomes in the packs: a change in these is lost with the document.
 */
const weighty = new Set(['detection', 'logsource', 'correlation', 'filter', 'generate', 'sigpack']);

/**
 * Keeps one of the documents with the same id, and one of equal rules without an id. Reports the
 * others: as a warning if the detection differs (SIG040), otherwise as a note (SIG043).
 */
export function withoutCopies<T extends Unique>(
  documents: readonly T[],
  bag: DiagnosticBag,
): { readonly kept: readonly T[]; readonly leftOut: readonly LeftOut<T>[] } {
  const keyOf = contentKeys();
  const groups = Map.groupBy(documents, (document) =>
    document.id === undefined ? keyOf(document) : `id ${idKey(document.id)}`,
  );
  if (groups.size === documents.length) return { kept: documents, leftOut: [] };
  const leftOut: LeftOut<T>[] = [];
  for (const group of groups.values()) {
    if (group.length === 1) continue;
    const [kept, ...others] = group.toSorted(byFreshness);
    for (const left of others)
      if (kept && !isRepeatedFilter(kept, left)) leftOut.push({ kept, left });
  }
  reportCopies(leftOut, keyOf, bag);
  const gone = new Set(leftOut.map(({ left }) => left));
  return { kept: documents.filter((document) => !gone.has(document)), leftOut };
}

/** True for equal filters without an id in one file: to apply them twice changes nothing. */
const isRepeatedFilter = (kept: Unique, { kind, id, file }: Unique): boolean =>
  kind === 'filter' && id === undefined && file === kept.file;

function reportCopies(
  leftOut: readonly LeftOut<Unique>[],
  keyOf: (document: Unique) => string,
  bag: DiagnosticBag,
): void {
  const documentOf = createRereader();
  const plain = (copy: Unique): Plain => {
    const document = documentOf(copy);
    return document ? (toPlain(document) as Plain) : {};
  };
  const copies: Similar[] = [];
  for (const { kept, left } of leftOut) {
    const { file, titleSpan, id = '' } = left;
    const differs = keyOf(kept) === keyOf(left) ? [] : differingKeys(plain(kept), plain(left));
    const lost = differs.filter((key) => weighty.has(key));
    if (lost.length > 0) {
      const message =
        `"${kept.title}" (${kept.file.path}) has the id \`${id}\` too and is kept; this one ` +
        `has another ${listed(lost)} and is left out`;
      bag.add(file, { code: 'SIG040', message, span: left.idSpan ?? titleSpan });
      continue;
    }
    const others = differs.length === 0 ? '' : `; it has another ${listed(differs)}`;
    const message =
      `this copy of the ${left.kind === 'filter' ? 'filter' : 'rule'} in ${kept.file.path} is ` +
      `left out${others}`;
    copies.push({
      code: 'SIG043',
      message,
      short:
        kept.file === file
          ? `"${left.title}" (${file.path})`
          : `${file.path} (kept: ${kept.file.path})`,
      file,
      span: titleSpan,
    });
  }
  addTogether(bag, copies, 'copies are left out');
}

const listed = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');

type Plain = Readonly<Record<string, unknown>>;
