/** The stream of all messages that no other stream has taken away; every server has it. */
const everyMessage = ['Default Stream'];

/** Titles of the streams whose messages are tested where the configuration has no parameter. */
export const ingestStreams = ({
  streams,
}: {
  readonly streams: readonly string[];
}): readonly string[] => (streams.length === 0 ? everyMessage : streams);
