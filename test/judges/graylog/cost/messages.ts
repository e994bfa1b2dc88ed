import { windowsEvents } from '../../../corpus/recorded-events.ts';
import { productEvents, type WindowsEvent } from '../../../windows-events.ts';
import { asGraylogKeeps } from '../../opensearch-mappings.ts';
import type { Json } from '../server.ts';

const isCreation = ({ id, channel }: WindowsEvent): boolean =>
  id === 4688 || (id === 1 && channel.includes('Sysmon'));

const webServer: Json = {
  http_request_method: 'GET',
  http_uri: '/index.html',
  http_user_agent: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0',
  source_ip: '203.0.113.7',
  http_response_code: 200,
};

/** So many messages of each kind as Winlogbeat sends them; a number makes each another one. */
export function messageKinds(count: number): readonly (readonly [string, readonly Json[]])[] {
  const shape = productEvents['graylog-windows-winlogbeat'];
  if (!shape) throw new Error('no events of Winlogbeat');
  const events = windowsEvents();
  const kept = (wanted: (event: WindowsEvent) => boolean): readonly Json[] =>
    events.filter(wanted).flatMap((event): readonly Json[] => {
      const stored = asGraylogKeeps(shape(event));
      return stored ? [stored] : [];
    });
  const repeated = (some: readonly Json[]): readonly Json[] =>
    Array.from({ length: count }, (_, number) => ({
      ...some[number % some.length],
      cost_n: String(number),
    }));
  return [
    ['process creation', repeated(kept(isCreation))],
    ['other Windows events', repeated(kept((event) => !isCreation(event)))],
    ['web server', repeated([webServer])],
  ];
}
