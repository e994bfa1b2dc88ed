import { describe, expect, test } from 'vitest';
import { defaultTargetSettings, type TargetSettings } from '../src/backend/registry.ts';
import { detectionOf } from './compile.ts';
import { esQs, graylog } from './registered.ts';

const settings = (matching: 'native' | 'case-insensitive'): TargetSettings => ({
  ...defaultTargetSettings,
  elasticsearch: { ...defaultTargetSettings.elasticsearch, matching },
});

function convertedTo(
  target: typeof graylog,
  detection: string,
  matching: 'native' | 'case-insensitive' = 'case-insensitive',
) {
  const conversion = target.convert(detectionOf(detection), settings(matching));
  return conversion.ok ? conversion.value.queries[0] : conversion.error[0]?.code;
}

const marks = (count: number): string => '?'.repeat(count);

describe('wildcards that Lucene gives up on', () => {
  test.each([
    ['twelve signs after a letter', `a: { 'A|contains': 'a${marks(12)}b' }\ncondition: a`],
    ['more of them', `a: { 'A|contains': 'a${marks(22)}b?${marks(22)}c' }\ncondition: a`],
    ['in a keyword', `a: ['a${marks(22)}b']\ncondition: a`],
  ])('%s are refused', (_, detection) => {
    for (const target of [graylog, esQs]) expect(convertedTo(target, detection)).toBe('TGT001');
    expect(convertedTo(esQs, detection, 'native')).toBe('TGT001');
  });

  test.each([
    ['few signs', "a: { 'A|contains': 'a??b' }\ncondition: a", 'A:/.*[aA]..[bB].*/'],
    [
      'many signs without a star before them',
      `a: { A: 'a${marks(22)}b' }\ncondition: a`,
      `A:/[aA]${'.'.repeat(22)}[bB]/`,
    ],
  ])('%s stay as they are', (_, detection, text) => {
    expect(convertedTo(graylog, detection)).toBe(text);
    expect(convertedTo(esQs, detection)).toBe(text);
  });
});
