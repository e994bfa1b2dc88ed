import type { GraylogConfig } from '../pack/config/graylog-config.ts';
import type { SplunkConfig } from '../pack/config/splunk-config.ts';
import type { Pack } from '../pack/pack.ts';
import type { NewDiagnostic } from '../source/diagnostic.ts';
import type { SourceFile } from '../source/span.ts';
import { rootOf } from '../source/yaml/parse.ts';
import { lookup, spanOfKey, type YamlNode } from '../source/yaml/tree.ts';

type Idle = Pick<NewDiagnostic, 'message' | 'hint' | 'target'> & {
  readonly path: readonly [string, string];
};

/** Warns of keys of the configuration that have no effect, or less than they seem to. */
export function idleSettings(pack: Pack, file: SourceFile): readonly NewDiagnostic[] {
  const root = rootOf(file);
  return idle(pack, root).map(({ path: [outer, inner], ...diagnostic }) => ({
    code: 'TGT007',
    ...diagnostic,
    span: spanOfKey(lookup(root, outer), inner) ?? { start: 0, end: 0 },
  }));
}

function idle(pack: Pack, root: YamlNode | undefined): readonly Idle[] {
  const { config, splunk: detections } = pack;
  const { targets, splunk, graylog } = config;
  const found: Idle[] = [];
  if (targets.includes('graylog'))
    found.push(
      ...(graylog.mode === 'ingest' ? idleAtIngest(graylog, root) : idleInSearch(graylog)),
    );
  if (!targets.includes('splunk')) return found;
  const modelsOnly = detections.length > 0 && detections.every(({ scopes }) => scopes.length === 0);
  for (const key of ['index', 'indexes'] as const)
    if (modelsOnly && (key === 'index' ? splunk.index !== undefined : splunk.indexes.length > 0))
      found.push({
        path: ['splunk', key],
        target: 'splunk',
        message:
          `splunk: \`${key}\` changes nothing: all searches are of data models, and these have ` +
          'indexes of their own',
        hint:
          'Set the indexes of the data models in Splunk (macros `cim_..._indexes`), and remove ' +
          'the key.',
      });
  if (splunk.enterpriseSecurity && splunk.summaryIndex !== undefined)
    found.push({
      path: ['splunk', 'summaryIndex'],
      target: 'splunk',
      message:
        'splunk: no view of the app reads `summaryIndex` where Splunk has Enterprise ' +
        'Security: the overview shows findings and risk; results are written to the index ' +
        'nonetheless',
      hint: 'Remove the key unless searches of your own read the index.',
    });
  return [...found, ...uncountedAlerts(pack), ...limitsOfNothing(splunk, root)];
}

function idleInSearch(graylog: GraylogConfig): readonly Idle[] {
  const found: Idle[] = [];
  if (graylog.leadingWildcards && graylog.matching === 'case-insensitive')
    found.push({
      path: ['graylog', 'leadingWildcards'],
      target: 'graylog',
      message:
        'graylog: `leadingWildcards` changes nothing with `matching: case-insensitive`, ' +
        'which writes all such values as regular expressions',
      hint:
        'Write `matching: exact` beside it if a search may be case-sensitive; else remove the ' +
        'key.',
    });
  if (graylog.detectionsStream !== undefined)
    found.push({
      path: ['graylog', 'detectionsStream'],
      target: 'graylog',
      message: 'graylog: `detectionsStream` changes nothing with `mode: search`, which has no hits',
      hint: 'Write `mode: ingest` beside it, or remove the key.',
    });
  return found;
}

/** What only says how a search is written: pipelines test messages before they are stored. */
function idleAtIngest(graylog: GraylogConfig, root: YamlNode | undefined): readonly Idle[] {
  const written = lookup(root, 'graylog');
  const keys = [
    ...(graylog.matching === 'exact' ? ['matching'] : []),
    ...(graylog.leadingWildcards ? ['leadingWildcards'] : []),
    ...['textFields', 'ipFields'].filter((key) => lookup(written, key) !== undefined),
  ];
  return keys.map((key) => ({
    path: ['graylog', key],
    target: 'graylog',
    message:
      key === 'matching'
        ? 'graylog: `matching: exact` changes nothing in the pack with `mode: ingest`, whose ' +
          'rules ignore letter case; only `sigpack hunt` is exact, and finds less than they do'
        : `graylog: \`${key}\` changes nothing in the pack with \`mode: ingest\`; only ` +
          '`sigpack hunt` goes by it',
    hint: key === 'matching' ? 'Remove the key.' : 'Remove the key unless `sigpack hunt` needs it.',
  }));
}

/** Without an index that keeps results, Splunk records only which search fired. */
function uncountedAlerts({ config: { splunk }, groups: { groups } }: Pack): readonly Idle[] {
  if (groups.length === 0 || splunk.enterpriseSecurity || splunk.summaryIndex !== undefined)
    return [];
  return [
    {
      path: ['splunk', 'grouping'],
      target: 'splunk',
      message:
        'splunk: with `grouping`, the pages of the app can’t count the alerts of single ' +
        'detections: Splunk records only which search fired, and it runs several of them',
      hint: 'Set `splunk.summaryIndex` to an index that exists: it keeps the results of alerts.',
    },
  ];
}

/** Limits of groups in a pack without groups: a configuration always has their defaults. */
function limitsOfNothing(splunk: SplunkConfig, root: YamlNode | undefined): readonly Idle[] {
  if (splunk.grouping !== 'none' || !lookup(lookup(root, 'splunk'), 'grouped')) return [];
  return [
    {
      path: ['splunk', 'grouped'],
      target: 'splunk',
      message: 'splunk: `grouped` changes nothing without `grouping: log-source`',
      hint: 'Write `grouping: log-source` beside it, or remove the key.',
    },
  ];
}
