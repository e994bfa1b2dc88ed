import { type Conversion, placeOfQuery, placeOfRule, unconverted } from '../../backend/backend.ts';
import { graylogBlankRefusal } from '../../backend/graylog/blank.ts';
import { withFieldDiagnostics } from '../../backend/graylog/field-diagnostics.ts';
import { hitFields } from '../../backend/graylog/ingest/hit-fields.ts';
import { ingestCondition } from '../../backend/graylog/ingest/ingest-condition.ts';
import type { CompiledDetection, CompiledRule } from '../../query/compile.ts';
import type { PackConfig } from '../config/config.ts';
import { detectionsTitle } from '../graylog/ingest/detections-stream.ts';
import { holdsEvents, ingestStreams } from '../graylog/ingest/ingest-streams.ts';
import { searchOf } from '../graylog-search.ts';
import type { PackDetection } from '../model/detection.ts';
import { hitsCorrelation } from './hits-correlation.ts';
import { type IngestSearch, testedRule } from './tested-rule.ts';

/**
 * A detection whose rules are tested at ingest: each hit is a message of its own, with the fields
 * that alerts and correlations need, and these are what event definitions search.
 */
export function ingestSearch(
  compiled: CompiledRule,
  detection: PackDetection,
  config: PackConfig,
): Conversion<IngestSearch> {
  const streams = ingestStreams(config.graylog);
  const refusal =
    graylogBlankRefusal(compiled, { ...config.graylog, streams }) ??
    postprocessedRefusal(compiled) ??
    streamsRefusal(compiled, detection, config);
  if (refusal) return refusal;
  const conversion =
    compiled.kind === 'detection'
      ? ruleSearch(compiled, detection, config)
      : hitsCorrelation(compiled, detection, config);
  return withFieldDiagnostics(conversion, compiled, config.graylog);
}

const postprocessedRefusal = ({ rule, processing }: CompiledRule) =>
  processing?.postprocess &&
  unconverted(
    placeOfRule(rule),
    'pipelines change the text of the query, and a rule at ingest has no query',
    'Leave the postprocessing out for Graylog, or set graylog.mode: search.',
  );

/** All pipelines are connected to the streams of each rule, those of hits and events never. */
function streamsRefusal(
  { rule }: CompiledRule,
  { settings }: PackDetection,
  { info, graylog }: PackConfig,
) {
  const { streams } = settings.graylog;
  if (streams.includes(detectionsTitle(info, graylog)))
    return unconverted(
      placeOfRule(rule),
      'the `streams` of the rule name the stream of the detections, whose hits would be tested ' +
        'again',
      'Leave it out: the pack brings it, for hits and nothing else.',
    );
  return streams.some(holdsEvents)
    ? unconverted(
        placeOfRule(rule),
        'the `streams` of the rule name a stream of the events that Graylog itself raises, ' +
          'alerts among them',
        'Leave it out: name the streams of the messages that the rule is to test.',
      )
    : undefined;
}

function ruleSearch(
  compiled: CompiledDetection,
  detection: PackDetection,
  config: PackConfig,
): Conversion<IngestSearch> {
  const { rule, query } = compiled;
  const conversion = ingestCondition(query, placeOfQuery(rule), config.graylog);
  if (!conversion.ok) return conversion;
  const hits = `${hitFields.rule}:"${detection.id}" AND ${hitFields.alert}:"true"`;
  const { id, name: title, severity: level } = detection;
  const tested = testedRule(compiled, conversion.value, { id, title, level, alert: true });
  const search = searchOf([hits], detection, config.graylog.minimumServerVersion);
  return { ...conversion, value: { search, tested: [tested] } };
}
