import type { CompiledRule } from '../../query/compile.ts';
import { blankRefusal } from '../blank-events.ts';
import { alwaysAs } from '../own-fields.ts';
import type { GraylogOptions } from './graylog.ts';
import { graylogOwn } from './own-fields.ts';

const always = alwaysAs(graylogOwn);

/** The stream of all messages that no other stream has taken away. */
const isDefault = (title: string): boolean => title.toLowerCase() === 'default stream';

/** `own`: streams of the rule itself, which go before those of the options. */
export function graylogBlankRefusal(compiled: CompiledRule, { streams = [], streamParameter, textFields }: GraylogOptions, own: readonly string[] = []) {
  const searched = own.length > 0 ? own : streams;
  const narrowed = own.length === 0 && streamParameter !== undefined ? true : searched.length > 0 && !searched.some(isDefault);
  const hint = 'Name the stream of its messages under graylog.streams, use a pipeline that knows the log source, or add a selection that a message must have.';
  return blankRefusal(compiled, { emptyIsAbsent: true, always, wordsOnly: (field) => textFields.includes(field), isNarrowed: () => narrowed }, hint);
}
