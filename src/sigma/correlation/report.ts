import type { Span } from '../../source/span.ts';
import type { Reader } from '../rule/attribute.ts';

/** Reports what is wrong with a correlation; without a hint, that of the code stands. */
export function report(reader: Reader, span: Span, message: string, hint?: string): undefined {
  reader.bag.add(reader.file, {
    code: 'SIG050',
    message,
    span,
    hint,
  });
  return undefined;
}
