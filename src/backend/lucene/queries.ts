import type { Query } from '../../query/tree.ts';
import type { Place } from '../backend.ts';
import { refuseAddressless } from './address-text.ts';
import type { Dialect, Printed } from './dialect.ts';
import { queryStringLimits } from './limits.ts';
import { printLucene } from './printer.ts';
import { splitOrRefuse } from './split.ts';

/**
 * Queries that match together what one would, each within the limits of the server, whose name goes
 * into messages.
 */
export function luceneQueries(
  query: Query,
  dialect: Dialect,
  place: Place,
  server: string,
  hint?: string,
): readonly Printed[] {
  refuseAddressless(query, dialect);
  const { length, clauses } = queryStringLimits;
  const most = `${length} characters or ${clauses} clauses`;
  return splitOrRefuse(query, {
    limits: queryStringLimits,
    print: (part) => printLucene(part, dialect),
    place,
    diagnostics: dialect.diagnostics,
    tooLarge: `the query passes ${most}`,
    hint,
    split: (count) => `the query is split into ${count}, each within the limits of ${server}`,
  });
}
