import type { LogSource } from '../sigma/rule/rule.ts';
import { words } from '../source/words.ts';
import type { Checked } from './check.ts';

const systems: Readonly<Record<string, string>> = {
  windows: 'win',
  linux: 'lnx',
  macos: 'macos',
  m365: 'microsoft365',
};
/** Prefixes of file names by category. */
const categories: Readonly<Record<string, string>> = {
  process_creation: 'proc_creation',
  network_connection: 'net_connection',
  process_access: 'proc_access',
  ps_script: 'posh_ps',
  ps_module: 'posh_pm',
  ps_classic_start: 'posh_pc',
  ps_classic_provider_start: 'posh_pc',
  proxy: 'proxy',
  webserver: 'web',
  antivirus: 'av',
  database: 'db',
};
/** Categories that are prefixes themselves, followed by the system. */
const withSystem = words(`
  create_remote_thread dns_query driver_load file_access file_change file_delete file_event
  file_rename
`);
/** Categories that are prefixes themselves. */
const withoutSystem = words(`
  create_stream_hash image_load pipe_created raw_access_thread registry_add registry_delete
  registry_event registry_set
`);

export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

export function checkFileName({ rule, report }: Checked): void {
  const name = baseName(rule.file.path);
  const reportHere = (message: string, hint?: string) =>
    report('LNT036', rule.titleSpan, message, hint);
  if (name.length < 10 || name.length > 90)
    report('LNT017', rule.titleSpan, `\`${name}\` has ${name.length} characters`);
  if (!/^[a-z0-9_]{10,90}\.yml$/.test(name) || !name.includes('_'))
    reportHere(`\`${name}\` is not made of 10 to 90 small letters, digits and _, with .yml`);
  const prefix = rule.kind === 'correlation' ? 'correlation_' : prefixOf(rule.logsource);
  // a file with a correlation has rules of several log sources
  if (
    prefix !== undefined &&
    !name.startsWith(prefix) &&
    !(rule.kind === 'detection' && name.startsWith('correlation_'))
  )
    reportHere(`\`${name}\` does not start with \`${prefix}\``);
}

function prefixOf({ category = '', product = '' }: LogSource): string | undefined {
  const system = systems[product];
  if (Object.hasOwn(categories, category)) {
    const word = categories[category] ?? '';
    return /^(?:proc|net)_/.test(word)
      ? system === undefined
        ? undefined
        : `${word}_${system}_`
      : `${word}_`;
  }
  if (withoutSystem.has(category)) return `${category}_`;
  if (withSystem.has(category)) return system === undefined ? undefined : `${category}_${system}_`;
  return category === '' && product !== 'windows' && system !== undefined
    ? `${system}_`
    : undefined;
}
