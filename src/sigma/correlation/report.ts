import type { Span } from '../../source/span.ts';
import type { Reader } from '../rule/attribute.ts';

/** Reports an error in a correlation, with the hint of the code by default. */
export function report(reader: Reader, span: Span, message: string, hint?: string): undefined {
  reader.bag.add(reader.file, {
    code: 'SIG050',
    message,
    span,
    hint,
  });
  return undefined;
}
