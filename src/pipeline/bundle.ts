/** Built-in pipelines that go together: the one-line choice. */
export interface Bundle {
  readonly description: string;
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

const withSysmon = (windows: string, beside: readonly string[]): readonly string[] => ['windows-sysmon', windows, ...beside];
const withAudit = (windows: string, beside: readonly string[]): readonly string[] => ['windows-security-registry', 'windows-security', windows, ...beside];

export const bundles: ReadonlyMap<string, Bundle> = new Map([
  ['splunk', { description: 'Splunk with its add-ons; Windows with Sysmon, rendered as XML', pipelines: withSysmon('splunk-windows-xml', splunkBeside) }],
  ['splunk-classic', { description: 'the same, Windows rendered as text', pipelines: withSysmon('splunk-windows-classic', splunkBeside) }],
  ['splunk-audit', { description: 'the same, Windows as XML without Sysmon', pipelines: withAudit('splunk-windows-xml', splunkBeside) }],
  ['graylog', { description: 'Graylog with Winlogbeat and Sysmon', pipelines: withSysmon('graylog-windows-winlogbeat', graylogBeside) }],
  ['graylog-nxlog', { description: 'Graylog with NXLog and Sysmon', pipelines: withSysmon('graylog-windows-nxlog', graylogBeside) }],
  ['graylog-illuminate', { description: 'Graylog with Illuminate and Sysmon', pipelines: withSysmon('graylog-windows-illuminate', graylogBeside) }],
  ['elastic', { description: 'Elasticsearch or OpenSearch with ECS names and Sysmon', pipelines: withSysmon('ecs-windows', elasticBeside) }],
  ['logpoint', { description: 'LogPoint with Sysmon', pipelines: ['windows-sysmon', 'logpoint-windows'] }],
]);
