/** The name that is given in place of a pipeline where events have the field names of Sigma. */
export const noPipeline = 'none';

/** Built-in pipelines that go together, to be chosen by one name. */
export interface Bundle {
  readonly description: string;
  /** Names of the targets whose products have such events. */
  readonly targets: readonly string[];
  readonly pipelines: readonly string[];
}

const otherSplunk = [
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
const otherGraylog = ['graylog-linux', 'graylog-web', 'graylog-cloud'];
const otherElastic = ['ecs-linux', 'ecs-web', 'ecs-cloud'];

const withSysmon = (windows: string, others: readonly string[]): readonly string[] => [
  'windows-sysmon',
  windows,
  ...others,
];
const withAudit = (windows: string, others: readonly string[]): readonly string[] => [
  'windows-security-registry',
  'windows-security',
  windows,
  ...others,
];

const forSplunk = ['splunk'];
const forGraylog = ['graylog'];

export const bundles: ReadonlyMap<string, Bundle> = new Map([
  [
    'splunk',
    {
      description: 'Splunk with its add-ons; Windows with Sysmon, rendered as XML',
      targets: forSplunk,
      pipelines: withSysmon('splunk-windows-xml', otherSplunk),
    },
  ],
  [
    'splunk-classic',
    {
      description: 'Splunk with its add-ons; Windows with Sysmon, rendered as text',
      targets: forSplunk,
      pipelines: withSysmon('splunk-windows-classic', otherSplunk),
    },
  ],
  [
    'splunk-audit',
    {
      description: 'Splunk with its add-ons; Windows rendered as XML, without Sysmon',
      targets: forSplunk,
      pipelines: withAudit('splunk-windows-xml', otherSplunk),
    },
  ],
  [
    'graylog',
    {
      description: 'Graylog with Winlogbeat and Sysmon',
      targets: forGraylog,
      pipelines: withSysmon('graylog-windows-winlogbeat', otherGraylog),
    },
  ],
  [
    'graylog-nxlog',
    {
      description: 'Graylog with NXLog and Sysmon',
      targets: forGraylog,
      pipelines: withSysmon('graylog-windows-nxlog', otherGraylog),
    },
  ],
  [
    'graylog-illuminate',
    {
      description: 'Graylog with Illuminate and Sysmon',
      targets: forGraylog,
      pipelines: withSysmon('graylog-windows-illuminate', otherGraylog),
    },
  ],
  [
    'elastic',
    {
      description: 'Elasticsearch or OpenSearch with ECS names and Sysmon',
      targets: ['es-qs', 'xpack-watcher'],
      pipelines: withSysmon('ecs-windows', otherElastic),
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

/**
 * The targets of a built-in pipeline or bundle. A pipeline that is in no bundle is for the target
 * that its name begins with.
 */
export function targetsOfPipeline(name: string): readonly string[] {
  const inBundles = [...bundles].flatMap(([bundle, { pipelines, targets }]) =>
    bundle === name || pipelines.includes(name) ? targets : [],
  );
  return inBundles.length > 0 ? inBundles : [name.split('-')[0] ?? name];
}
