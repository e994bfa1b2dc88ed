import type { Event } from '../../match/event.ts';
import type { EventSource } from '../../match/event-source.ts';
import type { LogSource } from '../../sigma/rule/rule.ts';
import { knownProducts } from '../known-log-sources.ts';
import { windowsCategory, windowsChannels } from './log.ts';

interface WindowsOrigin {
  /** In lower case; undefined: unknown, as from a collector that has its own channels. */
  readonly channel: string | undefined;
  readonly provider: string | undefined;
  readonly eventId: number;
}

/** Channels of Windows itself, besides those like `Microsoft-Windows-X/Operational`. */
const plainChannels = new Set([
  'application',
  'security',
  'system',
  'setup',
  'forwardedevents',
  'hardwareevents',
  'windows powershell',
  'directory service',
  'dfs replication',
  'file replication service',
  'dns server',
  'key management service',
  'msexchange management',
]);
const channelForm = /\/(?:operational|admin|analytic|debug|diagnostic)$/;

/** Providers that write into one channel, whatever channel a collector has put their events in. */
const channelOfProvider: ReadonlyMap<string, string> = new Map([
  ['microsoft-windows-sysmon', 'microsoft-windows-sysmon/operational'],
  ['microsoft-windows-security-auditing', 'security'],
  ['microsoft-windows-powershell', 'microsoft-windows-powershell/operational'],
  ['powershell', 'windows powershell'],
]);

/** Services whose channels only have events of these providers. */
const providersOfService: ReadonlyMap<string, readonly string[]> = new Map([
  ['sysmon', ['microsoft-windows-sysmon']],
  ['powershell', ['microsoft-windows-powershell', 'powershellcore']],
  ['powershell-classic', ['powershell']],
]);

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value.toLowerCase() : undefined;

/**
 * Where an event of the Windows event log was written; undefined for other events. The event must
 * have Sigma's names.
 */
export function windowsOrigin({
  Channel,
  EventID,
  Provider_Name,
}: Event): WindowsOrigin | undefined {
  const eventId =
    typeof EventID === 'string' && /^\d{1,5}$/.test(EventID) ? Number(EventID) : EventID;
  if (typeof eventId !== 'number') return undefined;
  const channelText = textOf(Channel);
  const provider = textOf(Provider_Name);
  // Sysmon for Linux writes the same form
  if (channelText?.startsWith('linux-') || provider?.startsWith('linux-')) return undefined;
  const isWindows =
    channelText !== undefined &&
    (provider !== undefined || plainChannels.has(channelText) || channelForm.test(channelText));
  if (!isWindows && !provider?.startsWith('microsoft-windows-')) return undefined;
  const channel =
    channelOfProvider.get(provider ?? '') ??
    (channelText !== undefined && isOwnChannel(channelText) ? channelText : undefined);
  return { channel, provider, eventId };
}

/** False for a channel that only exists in a collector. */
const isOwnChannel = (channel: string): boolean =>
  channel !== 'forwardedevents' &&
  (plainChannels.has(channel) ||
    channel.startsWith('microsoft-') ||
    channel.startsWith('powershellcore/') ||
    channel === 'openssh/operational');

/** The rules that may be about an event of the Windows event log. */
export function windowsSource(origin: WindowsOrigin): EventSource {
  const { channel, provider, eventId } = origin;
  return {
    key: JSON.stringify(['windows', channel, provider, eventId]),
    allows: ({ product, category, service }) =>
      allowsProduct(product, origin) &&
      allowsService(service, origin) &&
      allowsCategory(product, category, origin),
  };
}

/** Channels that programs of other vendors write to; their own channels are unknown. */
const sharedChannels = new Set(['application', 'system']);

function allowsProduct(name: LogSource['product'], { channel, provider }: WindowsOrigin): boolean {
  const product = name?.toLowerCase();
  if (product === undefined || product === 'windows') return true;
  // the RPC firewall has its own channel
  if (knownProducts.has(product) && product !== 'rpc_firewall') return false;
  return (
    (channel === undefined || sharedChannels.has(channel)) &&
    provider?.startsWith('microsoft-windows-') !== true
  );
}

/** Categories and services that no event of the Windows event log belongs to. */
const foreign = new Set(['proxy', 'webserver', 'apache', 'nginx', 'netflow']);

/** An unknown service may be anything. */
function allowsService(name: LogSource['service'], { channel, provider }: WindowsOrigin): boolean {
  const service = name?.toLowerCase();
  if (service === undefined) return true;
  const channels = windowsChannels(service);
  if (channels.length === 0) return !foreign.has(service);
  if (channel !== undefined) return channels.some((one) => one.toLowerCase() === channel);
  return provider === undefined || (providersOfService.get(service)?.includes(provider) ?? true);
}

function allowsCategory(
  product: LogSource['product'],
  category: LogSource['category'],
  origin: WindowsOrigin,
): boolean {
  if (category === undefined) return true;
  const log = windowsCategory(category.toLowerCase());
  if (!log) return product !== undefined || !foreign.has(category.toLowerCase());
  if (log.kind === 'etw')
    return origin.provider === undefined || origin.provider === log.provider.toLowerCase();
  return [log, ...(log.audit ? [log.audit] : [])].some(
    ({ service, eventIds }) => eventIds.includes(origin.eventId) && allowsService(service, origin),
  );
}
