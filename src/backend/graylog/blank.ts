import type { CompiledRule } from '../../query/compile.ts';
import { blankRefusal } from '../blank-events.ts';
import { alwaysAs } from '../own-fields.ts';
import { graylogOwn } from './own-fields.ts';
import type { GraylogOptions } from './settings.ts';

const always = alwaysAs(graylogOwn);

/** The stream of all messages that no other stream has taken away. */
const isDefault = (title: string): boolean => title.toLowerCase() === 'default stream';

/** The stream that the parameter of a content pack names by default. */
export const parameterDefault = (streams: readonly string[]): string =>
  streams[0] ?? 'Default Stream';

/** `own`: streams of the rule itself, which go before those of the options. */
export function graylogBlankRefusal(
  compiled: CompiledRule,
  { mode, streams = [], streamParameter, textFields }: GraylogOptions,
  own: readonly string[] = [],
) {
  const searched =
    own.length > 0 ? own : streamParameter === undefined ? streams : [parameterDefault(streams)];
  const narrowed = searched.length > 0 && !searched.some(isDefault);
  const hint =
    'Name the stream of its messages under graylog.streams, use a pipeline that knows the ' +
    'log source, or add a selection that a message must have.';
  return blankRefusal(
    compiled,
    {
      emptyIsAbsent: true,
      always,
      // pipelines test whole values
      wordsOnly: (field) => mode !== 'ingest' && textFields.includes(field),
      isNarrowed: () => narrowed,
    },
    hint,
  );
}
