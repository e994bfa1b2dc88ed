import type { CorrelationRule } from '../../sigma/correlation/correlation.ts';
import { type EventView, type FieldSlot, fieldSlot, valuesOf } from '../event.ts';

type Values = ReturnType<typeof valuesOf>;

/**
 * Reads a field of a correlation. If it has alternatives, the first one that the event has counts.
 */
export function fieldReader(
  { alternatives }: CorrelationRule,
  view: EventView,
  name: string,
): () => Values {
  const slots = (alternatives?.get(name) ?? [name]).map(
    (field): FieldSlot => fieldSlot(view, field),
  );
  return () => {
    for (const slot of slots) {
      const values = valuesOf(view, slot);
      if (values.length > 0) return values;
    }
    return [];
  };
}
