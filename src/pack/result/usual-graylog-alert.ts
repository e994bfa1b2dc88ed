import type { CompiledDetection } from '../../query/compile.ts';
import type { AlertFields } from '../alert/fields.ts';
import { columnOf, isEventHost } from '../alert/row.ts';
import { type Alternatives, alertSourceOf } from '../alert/table.ts';
import { alertOf, usualAlert } from '../alert/usual.ts';
import { isTemplateField } from '../graylog/window.ts';

/**
 * If nobody is named: the machine that the messages are from, which may be one that collects those
 * of others.
 */
const source = [{ field: 'source', type: 'system', relayed: true }] as const;

/** Cached by what rules with the same mappings share. */
const usuals = new WeakMap<object, AlertFields>();

/** What an alert on messages of the log source shows where no settings say more. */
export function usualGraylogAlert({ rule, processing }: CompiledDetection): AlertFields {
  const tableOf = () => alertSourceOf(processing?.logsource ?? rule.logsource);
  const names = processing?.usual;
  const key = names ?? tableOf();
  const known = key && usuals.get(key);
  if (known) return known;
  const table = tableOf();
  if (!table || !key) return alertOf(source, [], []);
  const namesOf = (name: string) => {
    if (isEventHost(name)) return ['source'];
    if (columnOf(name) !== undefined) return undefined;
    return names ? names.get(name) : [name];
  };
  const named = (alternatives: Alternatives) => {
    for (const name of alternatives) {
      const found = namesOf(name);
      if (found) return found.filter(isTemplateField);
    }
    return [];
  };
  const found = usualAlert(table, named);
  const alert =
    found.entities.length > 0 ? found : alertOf(source, found.threatObjects, found.shown);
  usuals.set(key, alert);
  return alert;
}
