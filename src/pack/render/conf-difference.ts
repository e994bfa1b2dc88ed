import { clipped } from '../../source/visible.ts';
import { type ConfModel, isSpace, type KnownLines, repeated, visitConf } from './conf-reader.ts';
import { isConfKey } from './conf-text.ts';

const backslash = 92;
const lineFeed = 10;
const space = 32;
const equalsSign = 61;
const openingBracket = 91;
const closingBracket = 93;

/**
 * How a conf file differs from the model that it was rendered from. Additional stanzas and settings
 * are differences unless `extras` allows them (custom templates may add some).
 */
export function compareConf(
  expected: ConfModel,
  text: string,
  extras: 'refuse' | 'allow' = 'refuse',
): string[] {
  const differences: string[] = [];
  const seen = new Set<string>();
  const order = expected.entries();
  let upcoming = order.next().value;
  let check = settingChecker('default', expected.get('default'), extras, differences);
  const begin = (
    name: string,
    line: number,
    settings: ReadonlyMap<string, string> | undefined,
    met: number,
  ): void => {
    check.end();
    if (seen.has(name)) differences.push(repeated(line, `[${name}]`));
    seen.add(name);
    if (name === upcoming?.[0]) upcoming = order.next().value;
    if (settings === undefined && extras === 'refuse')
      differences.push(`[${name}] was not meant to be there`);
    check = settingChecker(name, settings, extras, differences, met);
  };
  const keys = new Set<string>();
  visitConf(text, {
    stanza: (name, line) => begin(name, line, expected.get(name), 0),
    setting: (key, source, start, end, line) => check.setting(key, source.slice(start, end), line),
    reason: (message) => differences.push(message),
    known: (source, at, line) => {
      if (upcoming === undefined || source.charCodeAt(at) !== openingBracket) return undefined;
      const [name, settings] = upcoming;
      const lines = wholeStanza(source, at, name, settings, keys);
      if (lines !== undefined) begin(name, line, settings, settings.size);
      return lines;
    },
  });
  check.end();
  for (const name of expected.keys()) if (!seen.has(name)) differences.push(`[${name}] is missing`);
  return differences;
}

/**
 * What Splunk would misread if each setting of a stanza is a line `key = value`. `soundKeys` caches
 * valid names of settings: a few dozen names cover a hundred thousand settings.
 */
export function misread(
  name: string,
  settings: ReadonlyMap<string, string>,
  soundKeys: Set<string>,
): string[] {
  const reasons: string[] = [];
  if (/[[\]\n]/.test(name)) reasons.push(`[${name}] would not be read as it is`);
  settings.forEach((value, key) => {
    if (!soundKeys.has(key)) {
      if (isConfKey(key)) soundKeys.add(key);
      else reasons.push(`[${name}] ${key} would not be read as it is`);
    }
    if (value !== '' && !readsAsItIs(value))
      reasons.push(`[${name}] ${key} would not be read as it is: ${excerpt(value)}`);
  });
  return reasons;
}

interface SettingChecker {
  setting(key: string, value: string, line: number): void;
  end(): void;
}

type Settings = ReadonlyMap<string, string>;

/**
 * `met`: how many of the settings were read before. Settings are mostly in the order of the model;
 * keys are only looked up from the first that is not.
 */
function settingChecker(
  name: string,
  expected: Settings | undefined,
  extras: 'refuse' | 'allow',
  differences: string[],
  met = 0,
): SettingChecker {
  const order = met === 0 ? expected?.entries() : undefined;
  let upcoming = order?.next().value;
  let found: Set<string> | undefined;
  let count = met;
  const lookUp = (key: string, value: string, line: number): void => {
    // the settings before this one were in order
    found ??= new Set([...(expected?.keys() ?? [])].slice(0, count));
    if (found.has(key)) differences.push(repeated(line, `[${name}] ${key}`));
    found.add(key);
    const wanted = expected?.get(key);
    if (wanted === undefined) {
      if (extras === 'refuse') differences.push(`[${name}] ${key} was not meant to be there`);
    } else if (wanted !== value)
      differences.push(`[${name}] ${key} reads ${excerpt(value)}, not ${excerpt(wanted)}`);
  };
  return {
    setting: (key, value, line) => {
      if (
        found === undefined &&
        upcoming !== undefined &&
        upcoming[0] === key &&
        upcoming[1] === value
      ) {
        count += 1;
        upcoming = order?.next().value;
      } else lookUp(key, value, line);
    },
    end: () => {
      if (expected === undefined || (found === undefined && count === expected.size)) return;
      const present = found ?? new Set([...expected.keys()].slice(0, count));
      for (const key of expected.keys())
        if (!present.has(key)) differences.push(`[${name}] ${key} is missing`);
    },
  };
}

/**
 * The lines of a stanza that has all its settings exactly as they are read, up to a blank line;
 * undefined for any other. Most stanzas are like that: two hundred thousand lines are compared in
 * place. `keys` caches valid names of settings.
 */
function wholeStanza(
  text: string,
  at: number,
  name: string,
  settings: Settings,
  keys: Set<string>,
): KnownLines | undefined {
  let end = at + name.length + 2;
  const named =
    text.charCodeAt(end) === lineFeed &&
    text.charCodeAt(end - 1) === closingBracket &&
    text.startsWith(name, at + 1);
  if (!named || /[[\]\n]/.test(name)) return undefined;
  for (const [key, value] of settings) {
    end = endOfSetting(text, end + 1, key, value);
    if (end < 0) return undefined;
    if (!keys.has(key)) {
      if (!isConfKey(key)) return undefined;
      keys.add(key);
    }
  }
  return end + 1 === text.length || text.charCodeAt(end + 1) === lineFeed
    ? { end, count: settings.size + 1 }
    : undefined;
}

/**
 * Where a line ends that has the setting exactly as it is read, without a continuation; -1 for any
 * other line.
 */
function endOfSetting(text: string, at: number, key: string, value: string): number {
  const equals = at + key.length + 1;
  const end = equals + 2 + value.length;
  const parted =
    text.charCodeAt(equals - 1) === space &&
    text.charCodeAt(equals) === equalsSign &&
    text.charCodeAt(equals + 1) === space;
  if (!parted || text.charCodeAt(end) !== lineFeed) return -1;
  return text.startsWith(value, equals + 2) && text.startsWith(key, at) && readsAsItIs(value)
    ? end
    : -1;
}

function readsAsItIs(value: string): boolean {
  const last = value.charCodeAt(value.length - 1);
  return (
    value !== '' &&
    last !== backslash &&
    !isSpace(last) &&
    !isSpace(value.charCodeAt(0)) &&
    !value.includes('\n')
  );
}

const excerpt = (value: string): string => JSON.stringify(clipped(value, 60));
