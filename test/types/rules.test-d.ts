import {
  ANY,
  type Collection,
  type CompiledDetection,
  type CompiledRule,
  type CorrelationRule,
  collect,
  createBag,
  createCompiler,
  type DetectionRule,
  type FilterRule,
  isPlaceholder,
  type Level,
  type LogSource,
  literalText,
  logSourcesOf,
  ONE,
  type Pattern,
  type PatternPart,
  patternText,
  type Rule,
  readDocuments,
  type SigmaDocument,
  type Status,
} from 'sigpack';
import { expectTypeOf } from 'vitest';

const bag = createBag();
const file = { path: 'rule.yml', text: '' };

expectTypeOf(readDocuments(file, bag).documents).toEqualTypeOf<readonly SigmaDocument[]>();
readDocuments(file, bag, { named: false, onRule: (rule) => rule.title });
// @ts-expect-error diagnostics need a bag
readDocuments(file);
// @ts-expect-error the library opens no files
readDocuments('rule.yml', bag);

const collection = collect(readDocuments(file, bag).documents, bag);
expectTypeOf(collection).toEqualTypeOf<Collection>();
expectTypeOf(collection.rules).toEqualTypeOf<readonly Rule[]>();
expectTypeOf(collection.find('a')).toEqualTypeOf<Rule | undefined>();
// @ts-expect-error the rules of a collection are not changed in place
collection.rules.push();

declare const rule: Rule;
declare const document: SigmaDocument;
// @ts-expect-error a correlation has no log source
rule.logsource;
if (rule.kind === 'detection') {
  expectTypeOf(rule).toEqualTypeOf<DetectionRule>();
  expectTypeOf(rule.logsource).toEqualTypeOf<LogSource>();
  // @ts-expect-error only a correlation has a timespan
  rule.timespan;
} else {
  expectTypeOf(rule).toEqualTypeOf<CorrelationRule>();
  expectTypeOf(rule.timespan).toBeNumber();
}
if (document.kind === 'filter') expectTypeOf(document).toEqualTypeOf<FilterRule>();
// @ts-expect-error there is no such kind
if (document.kind === 'rule') throw document;
expectTypeOf(rule.level).toEqualTypeOf<Level | undefined>();
expectTypeOf(rule.status).toEqualTypeOf<Status | undefined>();
expectTypeOf<'critical'>().toExtend<Level>();
expectTypeOf<'fatal'>().not.toExtend<Level>();

const compile = createCompiler(collection, {
  placeholders: new Map([['admins', [['root']]]]),
  bag,
});
expectTypeOf(compile).returns.toEqualTypeOf<CompiledRule | undefined>();
// @ts-expect-error the values of placeholders are patterns, not texts
createCompiler(collection, { placeholders: new Map([['admins', 'root']]), bag });
// @ts-expect-error a filter is not compiled by itself
if (document.kind === 'filter') compile(document);
const compiled = compile(rule);
// @ts-expect-error a rule may have been left out
compiled.kind;
if (compiled?.kind === 'detection') expectTypeOf(compiled).toEqualTypeOf<CompiledDetection>();
if (compiled?.kind === 'correlation')
  expectTypeOf(compiled.parts).toEqualTypeOf<readonly CompiledRule[]>();
if (compiled) expectTypeOf(logSourcesOf(compiled)).toEqualTypeOf<readonly LogSource[]>();
// @ts-expect-error a rule has to be compiled first
logSourcesOf(rule);

const pattern: Pattern = [ANY, 'cmd', ONE, { placeholder: 'admins' }];
expectTypeOf(patternText(pattern)).toBeString();
expectTypeOf(literalText(pattern)).toEqualTypeOf<string | undefined>();
// @ts-expect-error 2 is not a wildcard
patternText([2]);
for (const part of pattern) {
  expectTypeOf(part).toEqualTypeOf<PatternPart>();
  if (isPlaceholder(part)) expectTypeOf(part.placeholder).toBeString();
  else if (typeof part === 'number') expectTypeOf(part).toEqualTypeOf<0 | 1>();
  else expectTypeOf(part).toBeString();
}
