import { type Conversion, mapped, type TargetDiagnostic } from '../backend/backend.ts';
import { conditionText } from '../backend/graylog/pipeline-rule/print.ts';
import type { CompiledRule } from '../query/compile.ts';
import { ok, type Result } from '../source/result.ts';
import type { PackConfig } from './config/config.ts';
import { graylogGrace } from './graylog/grace.ts';
import { sharesDefinition } from './graylog/ingest/alert-terms.ts';
import { ignoredByGraylog } from './graylog/window.ts';
import { graylogSearch } from './graylog-search.ts';
import { ignoredAtIngest } from './ingest/ignored.ts';
import { ingestSearch } from './ingest/ingest-search.ts';
import { withHitFields } from './ingest/tested-rule.ts';
import type { GraylogDetection, PackDetection } from './model/detection.ts';
import { compiledAs, type TargetOutcome } from './outcome.ts';
import type { PackReports } from './reports.ts';
import { graylogFields, type Searched } from './result/graylog-fields.ts';
import { serverVersion } from './settings/server-version.ts';

/** What event definitions search, in either mode. */
export const searched = (
  compiled: CompiledRule,
  detection: PackDetection,
  config: PackConfig,
): Conversion<Searched> =>
  config.graylog.mode === 'ingest'
    ? ingestSearch(compiled, detection, config)
    : mapped(graylogSearch(compiled, detection, config), (search) => ({ search }));

/** The detection as the content pack has it, or why the pack can't have it. Both are reported. */
export function detectionInGraylog(
  compiled: CompiledRule,
  detection: PackDetection,
  config: PackConfig,
  { diagnostics, warnings }: PackReports,
): Result<GraylogDetection, readonly TargetDiagnostic[]> {
  const { rule } = compiled;
  const conversion = searched(compiled, detection, config);
  diagnostics.add('graylog', rule, conversion.ok ? conversion.diagnostics : conversion.error);
  if (!conversion.ok) return conversion;
  const fields = graylogFields(compiled, detection, conversion.value);
  diagnostics.add('graylog', rule, fields.ok ? fields.diagnostics : fields.error);
  if (!fields.ok) return fields;
  const own = withHitFields({ detection: fields.value, ...conversion.value });
  const minimum = serverVersion(config.graylog.minimumServerVersion) ?? 0;
  const ignored = [
    ...ignoredByGraylog(own, compiled, minimum),
    ...(own.tested ? ignoredAtIngest(own) : []),
  ];
  for (const message of ignored) warnings.add('TGT007', 'graylog', message, rule);
  const { ignored: ignoredGrace, repeats } = graylogGrace(own, minimum);
  if (ignoredGrace !== undefined) warnings.add('TGT007', 'graylog', ignoredGrace, rule);
  if (repeats !== undefined) warnings.add('TGT008', 'graylog', repeats, rule);
  if (!own.tested && searchesAllStreams(detection, config))
    warnings.add(
      'PIP010',
      'graylog',
      'nothing says which streams hold the events, so all are searched',
      rule,
    );
  return ok(own);
}

/** What became of a detection that the content pack has. */
export function outcomeInGraylog(g: GraylogDetection): TargetOutcome {
  const { detection, search, tested } = g;
  const names = [detection.name];
  const queries = search.kind === 'filter' ? search.queries : [search.query];
  if (!tested || detection.rule.kind === 'correlation') return compiledAs(names, queries);
  const conditions = tested.map(({ condition }) => conditionText(condition));
  return { ...compiledAs(names, conditions), definitions: sharesDefinition(g) ? 0 : 1 };
}

/** Because nobody chose streams, rather than on purpose. */
const searchesAllStreams = ({ settings }: PackDetection, { graylog }: PackConfig): boolean =>
  settings.graylog.streams.length === 0 &&
  graylog.streams.length === 0 &&
  graylog.streamParameter === undefined &&
  !graylog.allStreams;
