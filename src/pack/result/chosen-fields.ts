import type { Place, TargetDiagnostic } from '../../backend/backend.ts';
import type { CompiledRule } from '../../query/compile.ts';
import type { AlertFields } from '../alert/fields.ts';
import { alertOf } from '../alert/usual.ts';
import type { DetectionSettings } from '../settings/settings.ts';
import { resolvedList } from './named-fields.ts';

/**
 * Resolves a name in the settings to the names in the results of a target; adds to `diagnostics`.
 * Throws a refusal.
 */
export type Resolve = (
  name: string,
  place: Place,
  diagnostics: TargetDiagnostic[],
) => readonly string[];

/** The usual alert, with what the settings override. */
export function chosenAlert(
  compiled: CompiledRule,
  settings: DetectionSettings,
  usual: AlertFields,
  resolve: Resolve,
  diagnostics: TargetDiagnostic[],
): AlertFields {
  const typed = <Type>(
    list: readonly { readonly field: string; readonly type: Type }[] | undefined,
  ) =>
    list &&
    someOf(
      list,
      onePerField(
        resolvedList(compiled, list, diagnostics, ({ field, type }, place, own) =>
          resolve(field, place, own).map((name) => ({ field: name, type })),
        ),
      ),
    );
  const entities = typed(settings.entities);
  const threatObjects = typed(settings.threatObjects);
  const { alertFields: list } = settings;
  const shown = list && someOf(list, resolvedList(compiled, list, diagnostics, resolve));
  if (!entities && !threatObjects && !shown) return usual;
  return alertOf(
    entities ?? usual.entities,
    threatObjects ?? usual.threatObjects,
    shown ?? usual.shown,
  );
}

/** Names that pipelines map to the same field are one: the first decides its type. */
export function onePerField<Field extends { readonly field: string }>(
  list: readonly Field[],
): readonly Field[] {
  const found = new Map<string, Field>();
  for (const one of list) if (!found.has(one.field)) found.set(one.field, one);
  return [...found.values()];
}

/** Undefined if nothing is left of the names: the default then applies. */
const someOf = <T>(list: readonly unknown[], found: readonly T[]): readonly T[] | undefined =>
  list.length > 0 && found.length === 0 ? undefined : found;
