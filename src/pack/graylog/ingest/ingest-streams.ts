/** The stream of all messages that no other stream has taken away; every server has it. */
const everyMessage = ['Default Stream'];

/** Titles of the streams whose messages are tested where the configuration has no parameter. */
export const ingestStreams = ({
  streams,
}: {
  readonly streams: readonly string[];
}): readonly string[] => (streams.length === 0 ? everyMessage : streams);

/** Titles of the streams of events, in small letters. */
const eventStreams = ['all events', 'all system events'];

/** Titles of the streams that servers bring, in small letters: of today and of former versions. */
const serverStreams: ReadonlySet<string> = new Set([
  'default stream',
  'all messages',
  ...eventStreams,
  'processing and indexing failures',
]);

/** Whether the title is that of a stream that is on servers before any pack. */
export const comesWithServer = (title: string): boolean =>
  serverStreams.has(title.trim().toLowerCase());

/** Whether the stream holds events, which are not messages: alerts would be tested. */
export const holdsEvents = (title: string): boolean =>
  eventStreams.includes(title.trim().toLowerCase());
