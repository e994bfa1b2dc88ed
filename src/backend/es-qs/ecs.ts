import type { ElasticsearchSettings } from '../target.ts';

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

/** Analysed into words: match_only_text in the schema, text in the PowerShell fields of Winlogbeat and Elastic Agent. */
const textFields = ['message', 'error.message', 'powershell.command.value', 'powershell.command.invocation_details.value', 'powershell.file.script_block_text'];

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

/** What an index with the names of the Elastic Common Schema is like: its keywords keep the case of letters. */
export const ecsSettings: Pick<ElasticsearchSettings, 'matching' | 'textFields' | 'ipFields' | 'wildcardFields'> = {
  matching: 'case-insensitive',
  textFields,
  ipFields,
  wildcardFields,
};
