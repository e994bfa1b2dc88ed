import type { CompiledDetection } from '../../query/compile.ts';
import { type Conversion, mapped, placeOfQuery } from '../backend.ts';
import { detectionsOnly } from '../detections-only.ts';
import { jsonFormat, ndjsonFormat } from '../format.ts';
import { luceneLineFormat } from '../lucene/line-format.ts';
import type { ConversionTarget, ConvertedRule } from '../target.ts';
import { graylogBlankRefusal } from './blank.ts';
import { withFieldDiagnostics } from './field-diagnostics.ts';
import { graylogQueries } from './graylog.ts';
import { ingestCondition } from './ingest/ingest-condition.ts';
import { conditionText } from './pipeline-rule/print.ts';
import { type GraylogOptions, graylogDefaults, graylogSchema } from './settings.ts';

function convert(compiled: CompiledDetection, settings: GraylogOptions): Conversion<ConvertedRule> {
  const refusal = graylogBlankRefusal(compiled, settings);
  if (refusal) return refusal;
  const place = placeOfQuery(compiled.rule);
  const printed =
    settings.mode === 'ingest'
      ? mapped(ingestCondition(compiled.query, place, settings), (condition) => [
          conditionText(condition),
        ])
      : graylogQueries(compiled.query, place, settings);
  const conversion = withFieldDiagnostics(printed, compiled, settings);
  return mapped(conversion, (queries) => ({ queries }));
}

export const graylog: ConversionTarget<GraylogOptions> = {
  name: 'graylog',
  description: "Graylog's search language, or with graylog.mode: ingest its pipeline rules",
  formats: [luceneLineFormat, jsonFormat, ndjsonFormat],
  settings: { schema: graylogSchema, defaults: graylogDefaults },
  convert: detectionsOnly(
    convert,
    "Graylog's search finds single events; correlations are event definitions",
    'Build a content pack (`sigpack build`), whose event definitions aggregate.',
  ),
};
