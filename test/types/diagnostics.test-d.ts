import {
  compareDiagnostics,
  createBag,
  type Diagnostic,
  type DiagnosticBag,
  type DiagnosticCode,
  type Position,
  positionAt,
  type Severity,
  type SourceFile,
  type Span,
} from 'sigpack';
import { expectTypeOf } from 'vitest';

const file: SourceFile = { path: 'rule.yml', text: 'title: A\n' };
const span: Span = { start: 0, end: 5 };

expectTypeOf(positionAt(file, 1)).toEqualTypeOf<Position>();
// @ts-expect-error an offset is a number
positionAt(file, '1');
// @ts-expect-error a file has a text
positionAt({ path: 'rule.yml' }, 1);
// @ts-expect-error a span is not changed in place
span.start = 1;

const bag = createBag(new Map<string, Severity>([['SIG042', 'off']]));
expectTypeOf(bag).toEqualTypeOf<DiagnosticBag>();
// @ts-expect-error severities are words of their own
createBag(new Map([['SIG042', 'fatal']]));

bag.add(file, { code: 'SIG042', message: 'the rule has no id', span });
bag.add(file, { code: 'TGT001', message: 'no', span, target: 'splunk', severity: 'off' });
// @ts-expect-error there is no such code
bag.add(file, { code: 'SIG999', message: 'no', span });
// @ts-expect-error a diagnostic has a place
bag.add(file, { code: 'SIG042', message: 'no' });

expectTypeOf(bag.list.toSorted(compareDiagnostics)).toEqualTypeOf<Diagnostic[]>();
expectTypeOf<Diagnostic['severity']>().toEqualTypeOf<'error' | 'warning' | 'info'>();
expectTypeOf<'SIG031'>().toExtend<DiagnosticCode>();
// @ts-expect-error a code is not any text
'SIG031 ' satisfies DiagnosticCode;
