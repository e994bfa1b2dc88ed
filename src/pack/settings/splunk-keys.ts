import { nearest } from '../../source/nearest.ts';

/** The names, which are separated by blanks, with the prefix before each. */
export const prefixed = (prefix: string, names: string): string[] =>
  names.split(' ').map((name) => prefix + name);

// names that savedsearches.conf.spec of Splunk 9 and the specs of its own apps define, one group
// per line; dotted groups share a prefix
const general = prefixed(
  '',
  'disabled search dispatchAs enableSched cron_schedule schedule allow_skew max_concurrent ' +
    'realtime_schedule schedule_priority schedule_window schedule_as ' +
    'workload_pool counttype relation quantity alert_condition alert_type alert_comparator ' +
    'alert_threshold run_on_startup run_n_times restart_on_searchpeer_add ' +
    'auto_summarize displayview vsid is_visible description defer_scheduled_searchable_idxc ' +
    'skip_scheduled_realtime_idxc ' +
    'precalculate_required_fields_for_alerts calculate_alert_required_fields_in_search ' +
    'allow_data_time_skew federated.provider federated_providers ' +
    'embed.enabled request.ui_dispatch_app request.ui_dispatch_view sendresults action_rss ' +
    'action_email role userid query nextrun qualifiedSearch actions',
);

const dotted = [
  ...prefixed(
    'dispatch.',
    'ttl buckets max_count max_time lookups earliest_time latest_time index_earliest ' +
      'index_latest time_format spawn_process auto_cancel auto_pause reduce_freq ' +
      'allow_partial_results rt_backfill indexedRealtime indexedRealtimeOffset ' +
      'indexedRealtimeMinSpan rt_maximum_span sample_ratio rate_limit_retry',
  ),
  ...prefixed('durable.', 'track_time_type lag_time backfill_type max_backfill_intervals'),
  ...prefixed(
    'auto_summarize.',
    'command timespan cron_schedule suspend_period max_summary_size max_summary_ratio ' +
      'max_disabled_buckets max_time hash normalized_hash max_concurrent workload_pool',
  ),
  ...prefixed(
    'alert.',
    'suppress suppress.period suppress.fields suppress.group_name severity expires ' +
      'digest_mode track display_view managedBy',
  ),
];

const display = [
  ...prefixed(
    'display.general.',
    'enablePreview type timeRangePicker.show migratedFromViewState locale',
  ),
  ...prefixed(
    'display.events.',
    'fields type rowNumbers maxLines raw.drilldown list.drilldown list.wrap table.drilldown ' +
      'table.wrap',
  ),
  ...prefixed(
    'display.statistics.',
    'rowNumbers wrap overlay drilldown totalsRow percentagesRow show',
  ),
  ...prefixed(
    'display.page.',
    'search.mode search.timeline.format search.timeline.scale search.showFields search.tab ' +
      'search.patterns.sensitivity pivot.dataModel',
  ),
  ...prefixed(
    'display.visualizations.',
    'show type chartHeight mapHeight singlevalueHeight trellis.enabled trellis.scales.shared ' +
      'trellis.size trellis.splitBy custom.drilldown custom.height custom.type',
  ),
  ...prefixed(
    'display.visualizations.charting.',
    'chart chart.stackMode chart.nullValueMode chart.overlayFields chart.style ' +
      'chart.sliceCollapsingThreshold chart.showDataLabels chart.rangeValues ' +
      'chart.bubbleMaximumSize chart.bubbleMinimumSize chart.bubbleSizeBy drilldown ' +
      'layout.splitSeries layout.splitSeries.allowIndependentYRanges legend.mode ' +
      'legend.placement legend.labelStyle.overflowMode axisTitleX.text axisTitleY.text ' +
      'axisTitleY2.text axisTitleX.visibility axisTitleY.visibility ' +
      'axisTitleY2.visibility axisX.scale axisY.scale axisY2.scale axisX.abbreviation ' +
      'axisY.abbreviation axisY2.abbreviation axisY2.enabled ' +
      'axisLabelsX.majorLabelStyle.overflowMode axisLabelsX.majorLabelStyle.rotation ' +
      'axisLabelsX.majorUnit axisLabelsY.majorUnit axisLabelsY2.majorUnit ' +
      'axisX.minimumNumber axisY.minimumNumber axisY2.minimumNumber axisX.maximumNumber ' +
      'axisY.maximumNumber axisY2.maximumNumber ' +
      'gaugeColors fieldColors fieldDashStyles lineWidth',
  ),
  ...prefixed(
    'display.visualizations.singlevalue.',
    'beforeLabel afterLabel underLabel unit unitPosition drilldown colorMode rangeValues ' +
      'rangeColors trendInterval trendColorInterpretation showTrendIndicator ' +
      'showSparkline trendDisplayMode colorBy useColors numberPrecision useThousandSeparators',
  ),
  ...prefixed(
    'display.visualizations.mapping.',
    'type drilldown map.center map.zoom map.scrollZoom map.panning choroplethLayer.colorMode ' +
      'choroplethLayer.maximumColor choroplethLayer.minimumColor ' +
      'choroplethLayer.colorBins choroplethLayer.neutralPoint choroplethLayer.shapeOpacity ' +
      'choroplethLayer.showBorder markerLayer.markerOpacity ' +
      'markerLayer.markerMinSize markerLayer.markerMaxSize legend.placement data.maxClusters ' +
      'showTiles tileLayer.tileOpacity tileLayer.url tileLayer.minZoom ' +
      'tileLayer.maxZoom',
  ),
];

// parameters of each action, in addition to `param.*` and those of every action
const actionParameters: Readonly<Record<string, string>> = {
  email:
    'to cc bcc from subject subject.alert subject.report message.alert message.report ' +
    'mailserver maxresults inline sendcsv sendpdf sendpng sendresults format ' +
    'allow_empty_attachment include.results_link include.search include.trigger ' +
    'include.trigger_time include.view_link include.smaller_results priority ' +
    'content_type useNSSubject use_ssl use_tls pdfview paperorientation papersize ' +
    'preprocess_results reportCIDFontList reportIncludeSplunkLogo reportPaperSize ' +
    'reportPaperOrientation reportServerEnabled reportServerURL auth_username auth_password ' +
    'footer.text width_sort_columns escapeCSVNewline logo_path',
  script: 'filename',
  lookup: 'filename append',
  rss: '',
  populate_lookup: 'dest',
  summary_index: '_name _type _metric_dims inline force_realtime_schedule',
  summary_metric_index: '_name inline',
  webhook: 'enable_allowlist',
  logevent: '',
  outputtelemetry: '',
  notable: '',
  risk: '',
  correlationsearch: 'enabled label annotations metadata detection_type related_searches',
  customsearchbuilder: 'enabled spec',
  escu:
    'enabled mappings data_models eli5 how_to_implement known_false_positives creation_date ' +
    'modification_date confidence search_type full_search_name product ' +
    'providing_technologies analytic_story fields earliest_time_offset latest_time_offset',
  keyindicator: 'invert group group_order',
};
const anyAction =
  'command description forceCsvResults hostname icon_path is_custom label maxresults maxtime ' +
  'payload_format python.version track_alert ttl disabled';

const notable =
  'rule_title rule_description security_domain severity nes_fields drilldown_name ' +
  'drilldown_search drilldown_searches drilldown_dashboards ' +
  'drilldown_earliest_offset drilldown_latest_offset default_owner default_status ' +
  'default_disposition recommended_actions next_steps ' +
  'investigation_profiles investigation_type extract_artifacts asset_extraction ' +
  'identity_extraction verbose _entities';
const risk = '_risk _risk_message _risk_object _risk_object_type _risk_score verbose';

const actionKeys = Object.entries(actionParameters).flatMap(([action, parameters]) => [
  `action.${action}`,
  ...(parameters === '' ? [] : prefixed(`action.${action}.`, parameters)),
  ...prefixed(`action.${action}.`, anyAction),
]);

const known: ReadonlySet<string> = new Set([
  ...general,
  ...dotted,
  ...display,
  ...actionKeys,
  ...prefixed('action.notable.param.', notable),
  ...prefixed('action.risk.param.', risk),
  'action.webhook.param.url',
  'action.webhook.param.user_agent',
  ...prefixed('action.logevent.param.', 'event host source sourcetype index'),
]);

/** Settings of a numbered format of a table, or of a part of it. */
const formatOf = (part: string, keys: string): RegExp =>
  new RegExp(`^display\\.statistics\\.format\\.\\w+${part && `\\.${part}`}(\\.(${keys}))?$`);

const families = [
  // the alert actions of other apps
  /^action\.[A-Za-z]\w*$/,
  /^action\.[A-Za-z]\w*\.param\.[\w.-]+$/,
  // fields that are added to each summary event
  /^action\.summary_index\.\w+$/,
  /^auto_summarize\.dispatch\.\w+$/,
  formatOf('', 'field|fields|precision|unit|unitPosition|useThousandSeparators'),
  formatOf('scale', 'categories|base|thresholds|(min|mid|max)(Type|Value)'),
  formatOf('colorPalette', 'colors|interpolate|rule|minColor|midColor|maxColor'),
  /^display\.visualizations\.custom\.\w+\.\w+\.[\w.]+$/,
];

/**
 * Whether savedsearches.conf has a setting of this name. Settings of other apps' alert actions
 * (`action.<name>.param.<x>`) pass unless they look misspelt.
 */
export function isSavedSearchKey(key: string): boolean {
  if (known.has(key)) return true;
  if (!families.some((family) => family.test(key))) return false;
  if (!key.startsWith('action.')) return true;
  const [, action = '', , parameter = ''] = key.split('.');
  if (Object.hasOwn(actionParameters, action)) {
    const likely =
      action === 'notable' || action === 'risk' ? nearestSavedSearchKey(key) : undefined;
    return parameter === '' || likely === undefined;
  }
  return nearest(action, Object.keys(actionParameters)) === undefined;
}

/** The known setting that a misspelt one is most likely meant to be. */
export function nearestSavedSearchKey(key: string): string | undefined {
  const [head, action = '', ...rest] = key.split('.');
  if (head === 'action' && !Object.hasOwn(actionParameters, action)) {
    const meant = nearest(action, Object.keys(actionParameters));
    if (meant !== undefined) {
      const candidate = ['action', meant, ...rest].join('.');
      return known.has(candidate) ? candidate : (nearest(candidate, known) ?? `action.${meant}`);
    }
  }
  return nearest(key, known);
}
