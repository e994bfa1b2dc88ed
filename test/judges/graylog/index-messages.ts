import type { GraylogServer, Json } from './server.ts';

/** A message as an index has it, past the server's inputs. */
export interface IndexedMessage {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** The id of its stream. */
  readonly stream: string;
  readonly fields: Json;
}

/** Puts messages into the server's own index, as it would after their way through an input. */
export async function indexMessages(
  server: GraylogServer,
  messages: readonly IndexedMessage[],
): Promise<void> {
  if (messages.length === 0) return;
  const lines = messages.map(({ id, time, stream, fields }) => {
    const own = {
      gl2_message_id: id,
      timestamp: new Date(time).toISOString().replace('T', ' ').replace('Z', ''),
      streams: [stream],
      source: 'judge',
      message: 'event',
    };
    return `${JSON.stringify({ index: { _id: id } })}\n${JSON.stringify({ ...fields, ...own })}\n`;
  });
  const path = 'graylog_deflector/_bulk?refresh=true';
  const { errors, ...answer } = await server.search(path, lines.join(''));
  if (errors !== false) throw new Error(JSON.stringify(answer).slice(0, 1000));
}
