import { sharesDefinition } from '../graylog/ingest/alert-terms.ts';
import type { GraylogDetection } from '../model/detection.ts';

/** The settings of a detection that rules at ingest can't honour. */
export function ignoredAtIngest(g: GraylogDetection): readonly string[] {
  const { graylog, remediation } = g.detection.settings;
  const found: string[] = [];
  if (graylog.streams.length > 0)
    found.push(
      'with `mode: ingest`, `streams` of a rule apply to all of them: each is tested on the ' +
        'messages of every stream that the pack names',
    );
  if (sharesDefinition(g) && (graylog.remediation ?? remediation) !== undefined)
    found.push(
      'with `mode: ingest`, alerts do not show `remediation`: rules share event definitions',
    );
  return found;
}
