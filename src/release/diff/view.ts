import type { Target } from '../../pack/config/config.ts';
import type { Level } from '../../sigma/rule/rule.ts';
import { plural } from '../../source/plural.ts';
import { type SideUncompiled, uncompiledOf } from '../uncompiled.ts';
import {
  type Change,
  type ChangeKind,
  changedSettings,
  changedTargets,
  changedTexts,
  changeKinds,
  type Diff,
  meaningDetail,
} from './diff.ts';
import { type GroupedChange, groupedChangeText } from './grouped-change.ts';
import { type QueryPiece, queryDiff } from './query-diff.ts';

const words: Readonly<Record<ChangeKind, string>> = {
  added: 'added',
  removed: 'removed',
  renamed: 'renamed',
  meaning: 'meaning changed',
  query: 'query changed by a backend or pipeline',
  settings: 'severity or settings changed',
  moved: 'moved',
  text: 'texts changed',
};

/** The name of a kind of change. With artifacts, it is unknown why a query changed. */
export const wordsOf = (
  kind: ChangeKind,
  { conditionsKnown }: Pick<DiffView, 'conditionsKnown'>,
): string => (kind === 'query' && !conditionsKnown ? 'query changed' : words[kind]);

/** A diff as reports show it, in any format. */
export interface DiffView {
  readonly from: string;
  readonly to: string;
  readonly counts: readonly { readonly kind: ChangeKind; readonly count: number }[];
  readonly unchanged: number;
  readonly changes: readonly ChangeView[];
  readonly parameters: Diff['parameters'];
  readonly settings: Diff['settings'];
  readonly grouped?: GroupedView;
  /** Errors in the rules of both sides. */
  readonly uncompiled: readonly SideUncompiled[];
  /** Titles of detections that one side lacks because of such an error. */
  readonly notCompared: readonly string[];
  /** False for artifacts: they only have queries, so it is unknown why one changed. */
  readonly conditionsKnown: boolean;
}

/** A change of grouped searches, and as a sentence. */
export type GroupedView = GroupedChange & { readonly text: string };

export interface ChangeView {
  readonly id: string;
  readonly title: string;
  readonly kinds: readonly ChangeKind[];
  readonly severity: Level | undefined;
  readonly file: string;
  readonly notes: readonly Note[];
  readonly queries: readonly { readonly target: Target; readonly pieces: readonly QueryPiece[] }[];
}

/** With an `effect`, a part of a condition; otherwise `before → after`, or a word about it. */
export interface Note {
  readonly label: string;
  readonly text: string;
  readonly effect?: 'catches' | 'drops';
}

export function diffView(diff: Diff): DiffView {
  const counts = changeKinds.flatMap((kind) => {
    const count = diff.changes.filter(({ kinds }) => kinds.includes(kind)).length;
    return count === 0 ? [] : [{ kind, count }];
  });
  return {
    from: diff.from.label,
    to: diff.to.label,
    counts,
    unchanged: diff.unchanged,
    changes: diff.changes.map(changeView),
    parameters: diff.parameters,
    settings: diff.settings,
    ...(diff.grouped
      ? { grouped: { text: groupedChangeText(diff.grouped), ...diff.grouped } }
      : {}),
    uncompiled: uncompiledOf(diff.from, diff.to),
    notCompared: diff.notCompared.map(({ title }) => title),
    conditionsKnown: [diff.from, diff.to].every(knowsConditions),
  };
}

const knowsConditions = ({ entries }: Diff['from']): boolean =>
  [...entries.values()].every(({ digests }) => digests.condition !== undefined);

function changeView(change: Change): ChangeView {
  const { id, kinds, before, after } = change;
  const shown = after ?? before;
  return {
    id,
    title: shown?.title ?? '',
    kinds,
    severity: shown?.severity,
    file: shown?.file ?? '',
    // lazy: a pipeline may change thousands of queries, of which few are shown
    get notes() {
      return kinds.flatMap((kind) => notesOf(kind, change));
    },
    get queries() {
      return before && after ? queriesOf(change) : [];
    },
  };
}

export const settingsWord = ({ settings }: Pick<DiffView, 'settings'>): string =>
  `${plural(settings.length, 'setting')} of the pack changed`;

/** `name: before → after`. */
export const settingText = ({ name, before, after }: Diff['settings'][number]): string =>
  `${name}: ${arrow(before, after)}`;

const arrow = (before: string, after: string): string =>
  `${before || '(none)'} → ${after || '(none)'}`;

function notesOf(kind: ChangeKind, change: Change): readonly Note[] {
  const { before, after } = change;
  if (!before || !after) return [];
  switch (kind) {
    case 'renamed':
      return [
        ...(before.title === after.title
          ? []
          : [{ label: 'title', text: arrow(before.title, after.title) }]),
        {
          label: 'name in packs',
          text: before.name === after.name ? `stays ${after.name}` : arrow(before.name, after.name),
        },
      ];
    case 'moved':
      return [{ label: 'file', text: arrow(before.file, after.file) }];
    case 'meaning':
      return meaningNotes(change);
    case 'settings':
      return (
        changedSettings(change)?.map(({ name, before: old, after: now }) => ({
          label: name,
          text: arrow(old, now),
        })) ?? severityNotes(change)
      );
    case 'text': {
      const names = changedTexts(change);
      return names ? [{ label: 'texts', text: names.join(', ') }] : [];
    }
    case 'query':
      return changedTargets(before, after).flatMap((target) => {
        const [old, now] = [before.digests.queries[target], after.digests.queries[target]];
        return old !== undefined && now !== undefined
          ? []
          : [
              {
                label: target,
                text: now === undefined ? 'no longer in this target' : 'now in this target',
              },
            ];
      });
    default:
      return [];
  }
}

function severityNotes({ before, after }: Change): readonly Note[] {
  return before?.severity === after?.severity
    ? []
    : [{ label: 'severity', text: arrow(before?.severity ?? '', after?.severity ?? '') }];
}

const effects = {
  same: 'the same events, written in another way',
  more: 'all that it found, and more',
  less: 'less than it found, and nothing new',
  other: 'some events more and others no longer, as far as can be told',
} as const;

function meaningNotes(change: Change): readonly Note[] {
  const detail = meaningDetail(change);
  if (!detail) return [];
  return [
    { label: 'finds', text: effects[detail.effect] },
    ...detail.terms.map(({ name, before, after }) => ({ label: name, text: arrow(before, after) })),
    ...detail.catches.map((text): Note => ({ label: 'newly catches', text, effect: 'catches' })),
    ...detail.drops.map((text): Note => ({ label: 'no longer catches', text, effect: 'drops' })),
  ];
}

function queriesOf({ before, after }: Change): ChangeView['queries'] {
  if (!before || !after) return [];
  return changedTargets(before, after).flatMap((target) => {
    const [old, now] = [before.detail?.queries[target], after.detail?.queries[target]];
    return old && now ? [{ target, pieces: queryDiff(old.join('\n'), now.join('\n')) }] : [];
  });
}
