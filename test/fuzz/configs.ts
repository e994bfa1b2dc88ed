import fc from 'fast-check';
import { anyValue, damaged, fewTexts, lines, listOf, mapOf, scalar, text, yaml } from './texts.ts';

const texts = text.map(yaml);
const source = fc.constantFrom(
  '{ product: windows }',
  '{ category: process_creation }',
  '{ product: linux, service: x }',
);
const settings = fc.oneof(
  mapOf(
    fewTexts(
      'interval',
      'cron',
      'window',
      'delay',
      'threshold',
      'owner',
      'name',
      'enabled',
      'severity',
    ),
    scalar,
  ),
  fc
    .tuple(
      fewTexts('action.email.to', 'dispatchAs', 'action.script', 'search', 'description'),
      scalar,
    )
    .map(([key, value]) => `{ splunk: { savedsearch: { ${yaml(key)}: ${value} } } }`),
  fc.constantFrom(
    '{ interval: 5m, suppress: { fields: [User], period: 1h } }',
    '{ window: 30d, delay: 1d, threshold: 5 }',
  ),
);

/** A sigpack.yml as someone may write it, with an id that is right: nothing is made without one. */
export const hostileConfig: fc.Arbitrary<string> = damaged(
  lines({
    title: fc.oneof(fc.constant('Fuzzed detections'), texts),
    description: texts,
    author: texts,
    vendor: texts,
    license: texts,
    url: fc.oneof(fc.constant('https://example.org/'), texts),
    revision: scalar,
    select: fc.oneof(
      fc.constant('{ minimumLevel: low }'),
      mapOf(fewTexts('levels', 'statuses', 'tags', 'ids'), listOf(texts)),
    ),
    enable: mapOf(fewTexts('statuses', 'levels', 'tags'), listOf(texts)),
    placeholders: mapOf(
      fewTexts('net', 'a', 'b'),
      listOf(fc.oneof(texts, fc.constant("'10.0.0.0/8'"))),
    ),
    severities: mapOf(
      fewTexts('SIG042', 'PIP003', 'TGT002'),
      fc.constantFrom('off', 'info', 'warning', 'error'),
    ),
    unmatchable: fc.constantFrom('disable', 'leave-out'),
    defaults: settings,
    levels: settings.map((one) => `{ high: ${one} }`),
    logsources: fc
      .tuple(source, settings)
      .map(([match, one]) => `[{ match: ${match}, settings: ${one} }]`),
    namePrefix: texts,
    splunk: fc.oneof(
      fc
        .tuple(source, texts)
        .map(([match, one]) => `{ indexes: [{ match: ${match}, definition: ${one} }] }`),
      fc.constantFrom('{ cloudSafe: false }', '{ correlation: stats }'),
    ),
    graylog: fc.oneof(
      texts.map((one) => `{ streams: [${one}], keywordFields: [${one}], ipFields: [${one}] }`),
      texts.map(
        (one) =>
          `{ titlePrefix: ${one}, dashboard: false, notification: { type: email, recipients: [${one}] } }`,
      ),
      fc.constantFrom(
        '{ matching: exact }',
        '{ notification: { type: slack }, priority: { low: 3 } }',
        '{ leadingWildcards: true }',
        '{ streamParameter: STREAM, minimumServerVersion: 6.3.0 }',
      ),
    ),
    elasticsearch: fc.oneof(
      texts.map((one) => `{ index: ${one} }`),
      texts.map((one) => `{ actions: { a: { webhook: { body: ${one} } } } }`),
      fc.constant('{ ecs: true }'),
    ),
    grep: fc.constant('{ lines: plain }'),
    other: anyValue,
  }).map((rest) => rest.replace(/^other:.*\n/m, (line) => (line.length % 8 === 0 ? line : ''))),
).map((rest) => `id: fuzzed\n${rest}`);
