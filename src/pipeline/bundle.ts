/** In place of a pipeline: the events have the field names of Sigma. */
export const noPipeline = 'none';

/** Built-in pipelines that go together: the one-line choice. */
export interface Bundle {
  readonly description: string;
  /** Names of the targets that have these products behind them. */
  readonly targets: readonly string[];
  readonly pipelines: readonly string[];
}

const splunkBeside = [
  'splunk-linux',
  'splunk-aws',
  'splunk-azure',
  'splunk-okta',
  'splunk-github',
  'splunk-google',
  'splunk-web',
  'splunk-zeek',
  'splunk-firewall',
  'splunk-other',
];
const graylogBeside = ['graylog-linux', 'graylog-web', 'graylog-cloud'];
const elasticBeside = ['ecs-linux', 'ecs-web', 'ecs-cloud'];

const withSysmon = (windows: string, beside: readonly string[]): readonly string[] => [
  'windows-sysmon',
  windows,
  ...beside,
];
const withAudit = (windows: string, beside: readonly string[]): readonly string[] => [
  'windows-security-registry',
  'windows-security',
  windows,
  ...beside,
];

const forSplunk = ['splunk'];
const forGraylog = ['graylog'];

export const bundles: ReadonlyMap<string, Bundle> = new Map([
  [
    'splunk',
    {
      description: 'Splunk with its add-ons; Windows with Sysmon, rendered as XML',
      targets: forSplunk,
      pipelines: withSysmon('splunk-windows-xml', splunkBeside),
    },
  ],
  [
    'splunk-classic',
    {
      description: 'Splunk with its add-ons; Windows with Sysmon, rendered as text',
      targets: forSplunk,
      pipelines: withSysmon('splunk-windows-classic', splunkBeside),
    },
  ],
  [
    'splunk-audit',
    {
      description: 'Splunk with its add-ons; Windows rendered as XML, without Sysmon',
      targets: forSplunk,
      pipelines: withAudit('splunk-windows-xml', splunkBeside),
    },
  ],
  [
    'graylog',
    {
      description: 'Graylog with Winlogbeat and Sysmon',
      targets: forGraylog,
      pipelines: withSysmon('graylog-windows-winlogbeat', graylogBeside),
    },
  ],
  [
    'graylog-nxlog',
    {
      description: 'Graylog with NXLog and Sysmon',
      targets: forGraylog,
      pipelines: withSysmon('graylog-windows-nxlog', graylogBeside),
    },
  ],
  [
    'graylog-illuminate',
    {
      description: 'Graylog with Illuminate and Sysmon',
      targets: forGraylog,
      pipelines: withSysmon('graylog-windows-illuminate', graylogBeside),
    },
  ],
  [
    'elastic',
    {
      description: 'Elasticsearch or OpenSearch with ECS names and Sysmon',
      targets: ['es-qs', 'xpack-watcher'],
      pipelines: withSysmon('ecs-windows', elasticBeside),
    },
  ],
  [
    'logpoint',
    {
      description: 'LogPoint with Sysmon',
      targets: ['logpoint'],
      pipelines: ['windows-sysmon', 'logpoint-windows'],
    },
  ],
]);
