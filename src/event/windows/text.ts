import { addField, type Fields, setField } from '../field.ts';

const messageStart = /^Message=/m;

/**
 * The fields of the classic text of a Windows event: `LogName=...` lines, then a message in which
 * `Account Name:` becomes `Account_Name`, as Splunk has it.
 */
export function readWindowsText(text: string): Fields {
  const fields: Fields = {};
  const start = text.search(messageStart);
  const head = start === -1 ? text : text.slice(0, start);
  const [time = '', ...lines] = head.split('\n');
  setField(fields, '_time', time.trim());
  for (const line of lines) {
    const at = line.indexOf('=');
    if (at > 0) addField(fields, line.slice(0, at).trim(), line.slice(at + 1).trim());
  }
  if (start !== -1) addMessage(fields, text.slice(start + 'Message='.length));
  return fields;
}

function addMessage(fields: Fields, message: string): void {
  setField(fields, 'Message', message.trim());
  let section = '';
  for (const line of message.split('\n').slice(1)) {
    const match = /^(\s*)([A-Z][^:]{0,60}):(?:\s+(.*))?$/.exec(line.trimEnd());
    if (match === null) continue;
    const [, indent = '', name = '', value = ''] = match;
    if (value === '') {
      if (indent === '') section = name;
      continue;
    }
    if (indent === '') section = '';
    addField(fields, name.replace(/[^\w]+/g, '_'), value);
    const sigma = sigmaName(section, name);
    if (sigma !== undefined) addField(fields, sigma, value);
  }
}

const parts: ReadonlyMap<string, string> = new Map([
  ['Security ID', 'UserSid'],
  ['Account Name', 'UserName'],
  ['Account Domain', 'DomainName'],
  ['Logon ID', 'LogonId'],
]);
const ownNames: ReadonlyMap<string, string> = new Map([
  ['Creator Process Name', 'ParentProcessName'],
  ['Process Command Line', 'CommandLine'],
  ['Source Network Address', 'IpAddress'],
  ['Source Port', 'IpPort'],
  ['Workstation Name', 'WorkstationName'],
  ['Logon Type', 'LogonType'],
  ['Logon Process', 'LogonProcessName'],
  ['Authentication Package', 'AuthenticationPackageName'],
  ['Service File Name', 'ServiceFileName'],
  ['Accesses', 'AccessList'],
]);

/** The name in the event's XML of the value in a line of its message. */
function sigmaName(section: string, name: string): string | undefined {
  const part = parts.get(name);
  if (part !== undefined)
    return section === ''
      ? undefined
      : `${section === 'Subject' || section === 'Creator Subject' ? 'Subject' : 'Target'}${part}`;
  const own = ownNames.get(name) ?? name;
  return own.includes(' ') ? own.replaceAll(' ', '') : ownNames.get(name);
}
