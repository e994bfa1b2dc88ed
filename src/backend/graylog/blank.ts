import type { CompiledRule } from '../../query/compile.ts';
import { blankRefusal } from '../blank-events.ts';
import type { GraylogOptions } from './graylog.ts';

/** Fields that the server gives every message. */
const always = (field: string): boolean => field === 'message' || field === 'source' || field === 'timestamp' || field.startsWith('gl2_');

/** The stream of all messages that no other stream has taken away. */
const isDefault = (title: string): boolean => title.toLowerCase() === 'default stream';

/** `own`: streams of the rule itself, which go before those of the options. */
export function graylogBlankRefusal(compiled: CompiledRule, { streams = [], streamParameter }: GraylogOptions, own: readonly string[] = []) {
  const searched = own.length > 0 ? own : streams;
  const narrowed = own.length === 0 && streamParameter !== undefined ? true : searched.length > 0 && !searched.some(isDefault);
  const hint = 'Name the stream of its messages under graylog.streams, use a pipeline that knows the log source, or add a selection that a message must have.';
  return blankRefusal(compiled, { emptyIsAbsent: true, always, isNarrowed: () => narrowed }, hint);
}
