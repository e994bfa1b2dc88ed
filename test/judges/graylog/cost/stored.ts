import { windowsEvents } from '../../../corpus/recorded-events.ts';
import { productEvents } from '../../../windows-events.ts';
import { asGraylogKeeps } from '../../opensearch-mappings.ts';
import { indexMessages } from '../index-messages.ts';
import { defaultStreamId } from '../ingest-server.ts';
import type { GraylogServer, Json } from '../server.ts';

/** Messages a second. */
const rate = 10;
/** The last of them are there before their time, for the runs that come. */
const aheadMs = 600_000;
const atOnce = 5000;

/**
 * Puts so many messages into the server's own index, past its inputs: Windows events at ten a second
 * up to ten minutes from now. Each has a command line of its own, as those of real machines, since
 * a search walks through all values of a field.
 */
export async function storeMessages(server: GraylogServer, count: number): Promise<void> {
  const shape = productEvents['graylog-windows-winlogbeat'];
  if (!shape) throw new Error('no events of Winlogbeat');
  const kept = windowsEvents().flatMap(
    (event): readonly Json[] | Json => asGraylogKeeps(shape(event)) ?? [],
  );
  const end = Date.now() + aheadMs;
  for (let first = 0; first < count; first += atOnce) {
    const messages = Array.from({ length: Math.min(atOnce, count - first) }, (_, at) => {
      const number = first + at;
      return {
        id: `cost-${number}`,
        time: end - ((count - number) * 1000) / rate,
        stream: defaultStreamId,
        fields: unlike(kept[number % kept.length] ?? {}, number),
      };
    });
    await indexMessages(server, messages);
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
