import type { ElasticsearchSettings } from './settings.ts';

/** Fields of the Elastic Common Schema whose type is ip. */
const ipFields = [
  'client.ip',
  'client.nat.ip',
  'destination.ip',
  'destination.nat.ip',
  'dns.resolved_ip',
  'host.ip',
  'network.forwarded_ip',
  'observer.ip',
  'related.ip',
  'server.ip',
  'server.nat.ip',
  'source.ip',
  'source.nat.ip',
  'threat.indicator.ip',
];

/**
 * Analysed into words: match_only_text in the schema, text in the PowerShell fields of Winlogbeat
 * and Elastic Agent.
 */
const textFields = [
  'message',
  'error.message',
  'powershell.command.value',
  'powershell.command.invocation_details.value',
  'powershell.file.script_block_text',
];

const booleanFields = [
  ...['process', 'process.parent', 'file', 'dll'].flatMap((owner) =>
    ['exists', 'trusted', 'valid'].map((name) => `${owner}.code_signature.${name}`),
  ),
  'process.interactive',
  'process.parent.interactive',
  'sysmon.file.archived',
  'sysmon.file.is_executable',
];

/** Of the type wildcard, of those that events of hosts and web servers have. */
const wildcardFields = [
  'error.stack_trace',
  'file.pe.imports',
  'http.request.body.content',
  'http.response.body.content',
  'process.command_line',
  'process.parent.command_line',
  'registry.data.strings',
  'url.full',
  'url.original',
  'url.path',
];

/**
 * Settings for an index with the field names of the Elastic Common Schema: the types of its fields,
 * and keywords that keep the case of letters. Spread them into {@link ElasticsearchSettings}.
 */
export const ecsSettings: Pick<
  ElasticsearchSettings,
  'matching' | 'textFields' | 'ipFields' | 'booleanFields' | 'wildcardFields'
> = {
  matching: 'case-insensitive',
  textFields,
  ipFields,
  booleanFields,
  wildcardFields,
};
