import { type QueryPiece, queryDiff, shortened } from '../release/diff/query-diff.ts';
import { firstFew, plural } from '../source/plural.ts';
import { detectionsFirst, kindAndName, verbCounts } from './object-kinds.ts';
import type { Drift, Drifted, FieldChange, InstallPlan, PlannedObject, Verb } from './plan.ts';

/** A line of a plan; its texts come from rules or from a server. */
export type PlanLine =
  | { readonly kind: 'object'; readonly sign: '+' | '~' | '-' | 'o'; readonly text: string }
  | { readonly kind: 'field'; readonly name: string; readonly pieces: readonly QueryPiece[] }
  | { readonly kind: 'drift'; readonly text: string }
  | { readonly kind: 'reference'; readonly text: string }
  | { readonly kind: 'hint'; readonly text: string };

const signs = { create: '+', change: '~', remove: '-', disable: 'o' } as const;

/** Longer values are compared token by token and shown around their differences. */
const shortValue = 40;

/** What a plan will do, object by object, and what someone did before it. */
export function planLines(
  { kind, objects, drift, adopts, refers = [] }: InstallPlan,
  wayBack: string,
  isWhole: boolean,
): readonly PlanLine[] {
  return [
    ...(adopts === undefined
      ? []
      : [
          {
            kind: 'drift',
            text: `${adopts}: it is taken over and kept; ${wayBack} returns to it`,
          } as const,
        ]),
    ...refers.map((text): PlanLine => ({ kind: 'reference', text })),
    ...drift.flatMap((one) => [
      ...driftLines(kind, one, one.outcome),
      ...untestedLines(one.untested ?? [], isWhole),
    ]),
    ...allObjects(kind, objects, isWhole),
  ];
}

const counted = {
  create: 'new',
  change: 'changed',
  disable: 'switched off',
  remove: 'removed',
} as const;

/** More lines than that are counted instead: a plan has to be read before it is agreed to. */
const fewLines = 24;
/** Objects of each verb that are named besides the count, unless they are new. */
const namedObjects = 3;

function allObjects(
  kind: string,
  objects: readonly PlannedObject[],
  isWhole: boolean,
): readonly PlanLine[] {
  const each = objects.flatMap((one) => objectLines(kind, one, isWhole));
  if (isWhole || each.length <= fewLines) return each;
  const lines = [...verbCounts(kind, objects)].flatMap(([verb, text]): PlanLine[] => {
    const of =
      verb === 'create'
        ? []
        : detectionsFirst(
            kind,
            objects.filter((one) => one.verb === verb),
          );
    const named = of
      .slice(0, namedObjects)
      .map((one): PlanLine => ({ kind: 'hint', text: `  ${kindAndName(kind, one)}` }));
    const more =
      of.length > namedObjects
        ? [{ kind: 'hint', text: `  and ${of.length - namedObjects} more` } as const]
        : [];
    return [
      { kind: 'object', sign: signs[verb], text: `${counted[verb]}: ${text}` },
      ...named,
      ...more,
    ];
  });
  return [...lines, { kind: 'hint', text: '(--verbose shows each object)' }];
}

const packNouns: Readonly<Record<string, string>> = {
  graylog: 'content pack',
  elasticsearch: 'watches of',
};

/** What is installed, by the name that the place knows it by. */
export const packName = ({ kind, pack }: InstallPlan): string =>
  `${packNouns[kind] ?? 'app'} ${pack.id}`;

function objectLines(
  kind: string,
  { verb, key, name, changes }: PlannedObject,
  isWhole: boolean,
): readonly PlanLine[] {
  const shown = kindAndName(kind, { key, name });
  const others = changes.filter(
    (change) => change.name !== 'enabled' && change.name !== 'disabled',
  ).length;
  // it no longer runs: its other changes matter little
  if (verb === 'disable' && !isWhole)
    return [
      {
        kind: 'object',
        sign: signs[verb],
        text:
          others === 0
            ? shown
            : `${shown} (and ${others} ${plural(others, 'setting')}, with --verbose)`,
      },
    ];
  // of a file only a digest is known, which means nothing to a reader
  return [
    { kind: 'object', sign: signs[verb], text: shown },
    ...changes.filter((change) => change.name !== 'content').map(fieldLine),
  ];
}

function fieldLine({ name, before, after }: FieldChange): PlanLine {
  const short = before.length <= shortValue && after.length <= shortValue;
  const pieces: readonly QueryPiece[] = short
    ? [
        { kind: 'removed', text: before },
        { kind: 'added', text: after },
      ]
    : shortened(queryDiff(before, after));
  return { kind: 'field', name, pieces: pieces.filter(({ text }) => text !== '') };
}

const outcomes = {
  kept: ': it stays so',
  overwritten: ': it becomes as the pack has it',
} as const;

/** What someone did, and what becomes of it. */
export function driftLines(
  place: string,
  { key, name, changes, added }: Drifted,
  outcome?: Drift['outcome'],
): readonly PlanLine[] {
  const how = added === true ? 'added' : changes === undefined ? 'removed' : 'changed';
  const then = outcome === undefined ? '' : outcomes[outcome];
  return [
    { kind: 'drift', text: `${kindAndName(place, { key, name })} was ${how} in place${then}` },
    ...(changes ?? []).filter((change) => change.name !== 'content').map(fieldLine),
  ];
}

/** Rules that are not tested since something stays as someone changed it. */
function untestedLines(titles: readonly string[], isWhole: boolean): readonly PlanLine[] {
  if (titles.length === 0) return [];
  const named = firstFew(titles, isWhole ? titles.length : namedObjects, '; ');
  return [{ kind: 'hint', text: `  so these are not tested: ${named}` }];
}

const verbs = ['create', 'change', 'disable', 'remove'] as const;
const done = {
  create: 'created',
  change: 'changed',
  disable: 'switched off',
  remove: 'removed',
} as const;
const toDo = {
  create: 'to create',
  change: 'to change',
  disable: 'to disable',
  remove: 'to remove',
} as const;

/** `2 to create, 1 to change`. */
export function planCounts(plan: InstallPlan): string {
  const drifted = plan.drift.length === 0 ? [] : [`${plan.drift.length} changed in place`];
  return [...countsOf(plan, toDo), ...drifted].join(', ') || 'no object changes';
}

/** `2 created, 1 changed`. */
export function doneCounts(plan: InstallPlan): string {
  const kept = plan.drift.filter(({ outcome }) => outcome === 'kept').length;
  const over = plan.drift.length - kept;
  const drifted = [
    ...(kept === 0 ? [] : [`${kept} kept as changed in place`]),
    ...(over === 0 ? [] : [`${over} put back`]),
  ];
  return [...countsOf(plan, done), ...drifted].join(', ') || 'no object changed';
}

const countsOf = (
  { objects }: InstallPlan,
  words: Readonly<Record<Verb, string>>,
): readonly string[] =>
  verbs.flatMap((verb) => {
    const count = objects.filter((one) => one.verb === verb).length;
    return count === 0 ? [] : [`${count} ${words[verb]}`];
  });
