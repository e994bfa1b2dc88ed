import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CompiledDetection } from '../../src/query/compile.ts';
import { existing, root } from './places.ts';
import { type Documents, meantBy } from './proof-data.ts';

/** What an engine found by the queries of a rule. */
export type Found =
  | { readonly kind: 'refused'; readonly reason: string }
  /**
   * `widened`: the converter has warned that it may find more. `faults`: queries that the engine
   * refused.
   */
  | {
      readonly kind: 'hits';
      readonly hits: ReadonlySet<number>;
      readonly widened: boolean;
      readonly faults: readonly string[];
    };

/** A rule whose hits are not what it means. */
export interface Disagreement {
  readonly title: string;
  readonly missed: number;
  readonly extra: number;
  readonly fault: string | undefined;
  /** An event in question. */
  readonly sample: string;
}

/** One line of the table: a converter on an engine. */
export interface Verdict {
  readonly engine: string;
  readonly converter: string;
  /** Sigpack must agree everywhere; others are told about. */
  readonly strict: boolean;
  readonly rules: number;
  readonly refused: readonly { readonly title: string; readonly reason: string }[];
  readonly recorded: number;
  readonly events: number;
  /** Rules that find one of their own recorded events. */
  readonly recall: number;
  /** Pairs of a rule and an event that it means. */
  readonly meant: number;
  /** Pairs that are found beyond those meant, as a warning says. */
  readonly extra: number;
  /** Rules that find more, as their warning says. */
  readonly widened: readonly string[];
  readonly disagreements: readonly Disagreement[];
}

export interface Judging {
  readonly engine: string;
  readonly converter: string;
  readonly strict: boolean;
  readonly rules: readonly CompiledDetection[];
  readonly documents: Documents;
  readonly foundBy: (rule: CompiledDetection) => Found;
  /** Where the query looks: what a rule means elsewhere is not asked for. */
  readonly within?: (rule: CompiledDetection) => ReadonlySet<number>;
}

/** Compares what an engine found with what the rules mean. */
export function judged({
  engine,
  converter,
  strict,
  rules,
  documents,
  foundBy,
  within,
}: Judging): Verdict {
  const refused: { title: string; reason: string }[] = [];
  const disagreements: Disagreement[] = [];
  const widened: string[] = [];
  let recall = 0;
  let meant = 0;
  let beyond = 0;
  for (const compiled of rules) {
    const { title, id } = compiled.rule;
    const scope = within?.(compiled);
    const wanted = new Set(
      [...meantBy(compiled.query, title, documents)].filter((number) => scope?.has(number) ?? true),
    );
    meant += wanted.size;
    const found = foundBy(compiled);
    if (found.kind === 'refused') {
      refused.push({ title, reason: found.reason });
      continue;
    }
    if (documents.own.get(id ?? '')?.some((number) => found.hits.has(number))) recall++;
    const missed = [...wanted].filter((number) => !found.hits.has(number));
    const extra = [...found.hits].filter((number) => !wanted.has(number));
    if (extra.length > 0 && found.widened) widened.push(title);
    if (found.widened) beyond += extra.length;
    const wrong = [...missed, ...(found.widened ? [] : extra)];
    if (wrong.length === 0 && found.faults.length === 0) continue;
    const sample =
      wrong[0] === undefined ? '' : JSON.stringify(documents.list[wrong[0]]).slice(0, 1200);
    disagreements.push({
      title,
      missed: missed.length,
      extra: extra.length,
      fault: found.faults[0],
      sample,
    });
  }
  const { recorded, list } = documents;
  return {
    engine,
    converter,
    strict,
    rules: rules.length,
    refused,
    recorded,
    events: list.length,
    recall,
    meant,
    extra: beyond,
    widened,
    disagreements,
  };
}

const folder = join(root, 'dist', 'proof');

/**
 * Tells about verdicts, keeps them for docs/proof.md, and makes the run red where Sigpack
 * disagrees.
 */
export function report(part: string, verdicts: readonly Verdict[]): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${part}.json`), `${JSON.stringify(verdicts, undefined, 2)}\n`);
  for (const {
    engine,
    converter,
    rules,
    refused,
    events,
    recall,
    disagreements,
    strict,
  } of verdicts) {
    console.log(
      `${engine}: ${converter}: ${recall} of ${rules} rules find their event, ${refused.length} refused, ${events} events, ${disagreements.length} disagreements`,
    );
    for (const { title, missed, extra, fault, sample } of strict
      ? disagreements.slice(0, 20)
      : []) {
      console.log(
        `  ${title}: ${missed} too few, ${extra} too many${fault === undefined ? '' : `: ${fault}`}\n    ${sample}`,
      );
    }
  }
  if (verdicts.some(isRed)) process.exitCode = 1;
}

/**
 * What makes the run red: Sigpack finds other events than the rule means, or not the rule's own
 * where it converts it.
 */
export const isRed = ({ strict, disagreements, recall, rules, refused }: Verdict): boolean =>
  strict && (disagreements.length > 0 || recall + refused.length < rules);

export const verdictsOf = (part: string): readonly Verdict[] =>
  JSON.parse(
    readFileSync(
      existing(join(folder, `${part}.json`), 'run bash test/judges/run.sh proof'),
      'utf8',
    ),
  ) as readonly Verdict[];
