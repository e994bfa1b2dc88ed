import type { SplunkDetection } from '../model/detection.ts';
import { entitiesOf } from './es-entity.ts';
import { findingToken, sameAsInFinding } from './es-token.ts';

/** A search that an analyst opens from a finding. */
export interface DrillDown {
  readonly name: string;
  readonly search: string;
  readonly earliest_offset: string;
  readonly latest_offset: string;
}

// every finding keeps a copy of them
const longestInline = 4000;

/** The events of a finding, and what else its first entity did before. */
export const drillDowns = (name: string, search: SplunkDetection): readonly DrillDown[] =>
  drillDownsFrom(eventsOf(name, search), search);

/** The same with a first search that is given. */
export function drillDownsFrom(
  events: Pick<DrillDown, 'name' | 'search'> | undefined,
  search: SplunkDetection,
): readonly DrillDown[] {
  const entities = entitiesOf(search.detection);
  const [first] = entities;
  const who = first && findingToken(first.field);
  if (first === undefined || who === undefined)
    return events === undefined ? [] : [{ ...events, ...ofThisRun }];
  const same = sameAsInFinding(first.field);
  // an event that is a result may lack all but the first
  const all =
    search.events === undefined
      ? same
      : entities.flatMap(({ field }) => sameAsInFinding(field) ?? []).join(' ');
  const around = entityEvents(search);
  return [
    ...(events === undefined
      ? []
      : [{ name: events.name, search: `${events.search} | search ${all}`, ...ofThisRun }]),
    ...(around === undefined
      ? []
      : [
          {
            name: `Show the last 24 hours of ${who}`,
            search: `${around} | search ${same}`,
            ...before('24h'),
          },
        ]),
    {
      name: `Show the risk of ${who} in the last 7 days`,
      search: riskOf(first.field),
      ...before('7d'),
    },
  ];
}

const ofThisRun = { earliest_offset: '$info_min_time$', latest_offset: '$info_max_time$' };

/** Offsets are from the time of the finding. */
const before = (span: string) => ({ earliest_offset: span, latest_offset: '0' });

const riskOf = (field: string): string =>
  `| from datamodel:"Risk"."All_Risk" | search ${sameAsInFinding(field, 'risk_object')} | ` +
  'stats count sum(calculated_risk_score) AS risk_score min(_time) AS firstTime max(_time) ' +
  'AS lastTime values(risk_message) AS risk_message BY search_name';

/**
 * The search up to the point where its events become one result per entity, or the saved search and
 * the commands after it.
 */
function eventsOf(
  name: string,
  { detection, events, search }: SplunkDetection,
): Pick<DrillDown, 'name' | 'search'> | undefined {
  const inline = (events ?? search).trim();
  const results = { name: 'Show the results of this detection' };
  // a `$` would begin a token
  if (!inline.includes('$') && inline.length <= longestInline)
    return {
      ...(detection.rule.kind === 'correlation'
        ? results
        : { name: 'Show the events of this finding' }),
      search: inline,
    };
  // without nosubstitution the command reads `$...$` in the search as a token
  return passesByName(name)
    ? { ...results, search: `| savedsearch "${name}" nosubstitution=true` }
    : undefined;
}

/** Whether the command `savedsearch` takes the name literally. */
export const passesByName = (name: string): boolean => !/[$"\\`|]/.test(name);

/** All events of the log sources of the detection. */
function entityEvents({ scopes, dataModel }: SplunkDetection): string | undefined {
  if (dataModel !== undefined) {
    const path = dataModel.split('.');
    return `| from datamodel:"${path[0]}"."${path.at(-1)}"`;
  }
  const macros = [...new Set(scopes.map(({ macro }) => `\`${macro}\``))];
  if (macros.length === 0) return undefined;
  return macros.length === 1 ? macros.join('') : macros.map((macro) => `(${macro})`).join(' OR ');
}
