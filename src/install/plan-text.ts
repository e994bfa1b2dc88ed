import { type QueryPiece, queryDiff, shortened } from '../release/query-diff.ts';
import type { Drift, Drifted, FieldChange, Plan, PlannedObject } from './plan.ts';

/** A line of a plan: what it is about, and texts in it that came from rules or from a server. */
export type PlanLine =
  | { readonly kind: 'object'; readonly sign: '+' | '~' | '-' | 'o'; readonly text: string }
  | { readonly kind: 'field'; readonly name: string; readonly pieces: readonly QueryPiece[] }
  | { readonly kind: 'drift'; readonly text: string }
  | { readonly kind: 'reference'; readonly text: string };

const signs = { create: '+', change: '~', remove: '-', disable: 'o' } as const;

/** Longer values are compared token by token and shown around their differences. */
const shortValue = 40;

/** What a plan will do, object by object, and what someone did before it. */
export function planLines({ objects, drift, adopts, refers = [] }: Plan, wayBack: string): readonly PlanLine[] {
  return [
    ...(adopts === undefined ? [] : [{ kind: 'drift', text: `${adopts}: it is taken over and kept; ${wayBack} returns to it` } as const]),
    ...refers.map((text): PlanLine => ({ kind: 'reference', text })),
    ...drift.flatMap((one) => driftLines(one, one.outcome)),
    ...objects.flatMap(objectLines),
  ];
}

/** What is installed, by the name that the place knows it by. */
export const packName = ({ kind, pack }: Plan): string => `${kind === 'graylog' ? 'content pack' : kind === 'elasticsearch' ? 'watches of' : 'app'} ${pack.id}`;

function objectLines({ verb, name, changes }: PlannedObject): readonly PlanLine[] {
  // of a file a digest alone is known, which tells a reader nothing
  return [{ kind: 'object', sign: signs[verb], text: name }, ...changes.filter((change) => change.name !== 'content').map(fieldLine)];
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

/** What someone did, and what becomes of it. */
export function driftLines({ name, changes, added }: Drifted, outcome?: Drift['outcome']): readonly PlanLine[] {
  const what = `was ${added === true ? 'added' : changes === undefined ? 'removed' : 'changed'} in place`;
  const then = outcome === undefined ? '' : outcome === 'kept' ? ': it stays so' : ': it becomes as the pack has it';
  return [{ kind: 'drift', text: `${name} ${what}${then}` }, ...(changes ?? []).filter((change) => change.name !== 'content').map(fieldLine)];
}

/** `2 to create, 1 to change`. */
export function planCounts({ objects, drift }: Plan): string {
  const words = { create: 'to create', change: 'to change', disable: 'to disable', remove: 'to remove' } as const;
  const counts = (['create', 'change', 'disable', 'remove'] as const).flatMap((verb) => {
    const count = objects.filter((one) => one.verb === verb).length;
    return count === 0 ? [] : [`${count} ${words[verb]}`];
  });
  const drifted = drift.length === 0 ? [] : [`${drift.length} changed in place`];
  return [...counts, ...drifted].join(', ') || 'no object changes';
}
