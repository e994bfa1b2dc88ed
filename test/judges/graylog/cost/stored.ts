import { windowsEvents } from '../../../corpus/recorded-events.ts';
import { productEvents } from '../../../windows-events.ts';
import { asGraylogKeeps } from '../../opensearch-mappings.ts';
import { defaultStreamId } from '../ingest-server.ts';
import type { GraylogServer, Json } from '../server.ts';

/** Messages a second. */
const rate = 10;
/** The last of them are there before their time, for the runs that come. */
const aheadMs = 600_000;
const atOnce = 5000;

/**
 * Puts so many messages into the server's own index, past its inputs: Windows events at ten a
 * second up to ten minutes from now. Each has a command line of its own, as those of real machines, since a search
 * walks through all values of a field.
 */
export async function storeMessages(server: GraylogServer, count: number): Promise<void> {
  const shape = productEvents['graylog-windows-winlogbeat'];
  if (!shape) throw new Error('no events of Winlogbeat');
  const kept = windowsEvents().flatMap(
    (event): readonly Json[] | Json => asGraylogKeeps(shape(event)) ?? [],
  );
  const end = Date.now() + aheadMs;
  for (let first = 0; first < count; first += atOnce) {
    const lines = Array.from({ length: Math.min(atOnce, count - first) }, (_, at) => {
      const number = first + at;
      const one: Json = kept[number % kept.length] ?? {};
      const time = new Date(end - ((count - number) * 1000) / rate);
      const own = {
        gl2_message_id: `cost-${number}`,
        timestamp: time.toISOString().replace('T', ' ').replace('Z', ''),
        streams: [defaultStreamId],
        source: 'judge',
        message: 'event',
      };
      return `{"index":{}}\n${JSON.stringify({ ...unlike(one, number), ...own })}\n`;
    });
    const { errors, ...answer } = await server.search('graylog_deflector/_bulk', lines.join(''));
    if (errors !== false) throw new Error(JSON.stringify(answer).slice(0, 1000));
  }
}

const unlike = (message: Json, number: number): Json =>
  Object.fromEntries(
    Object.entries(message).map(([name, value]) => [
      name,
      /(?:CommandLine|TargetFilename|TargetObject|ScriptBlockText)$/.test(name)
        ? `${value} ${number}`
        : value,
    ]),
  );
