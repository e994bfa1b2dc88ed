import { addressOf, isInSubnet } from './addresses.ts';
import { flag, needed, optional, text, textOrNull } from './arguments.ts';
import { EvaluationError } from './error.ts';
import type { RuleFunction } from './function.ts';
import { Address, Instant, javaText, type Value } from './value.ts';

const number = /^[+-]?(?:NaN|Infinity|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[fFdD]?)$/;

function listOf(value: Value): readonly string[] {
  if (Array.isArray(value)) return value.map(javaText);
  return value === null ? [] : [javaText(value)];
}

const isNull = (wanted: boolean): RuleFunction => ({
  parameters: [needed('value', 'Object')],
  returns: 'Boolean',
  run: (arg) => (arg('value') === null) === wanted,
});

const kindOf = (holds: (value: Value) => boolean): RuleFunction => ({
  parameters: [needed('value', 'Object')],
  returns: 'Boolean',
  run: (arg) => holds(arg('value')),
});

export const valueFunctions = {
  is_null: isNull(true),
  is_not_null: isNull(false),
  is_string: kindOf((value) => typeof value === 'string'),
  is_long: kindOf((value) => typeof value === 'bigint'),
  is_double: kindOf((value) => typeof value === 'number'),
  is_number: kindOf((value) => typeof value === 'number' || typeof value === 'bigint'),
  to_string: {
    parameters: [needed('value', 'Object'), optional('default', 'String')],
    returns: 'String',
    run(arg) {
      const value = arg('value');
      return value === null ? (textOrNull(arg('default')) ?? '') : javaText(value);
    },
  },
  to_double: {
    parameters: [needed('value', 'Object'), optional('default', 'Double')],
    returns: 'Double',
    run(arg) {
      const value = arg('value');
      const without = arg('default') ?? 0;
      if (value === null) return without;
      if (typeof value === 'number' || typeof value === 'bigint') return Number(value);
      const shown = javaText(value);
      if (!number.test(shown)) return without;
      return Number(shown.replace(/[fFdD]$/, (end) => (/Infinity|NaN/.test(shown) ? end : '')));
    },
  },
  to_long: {
    parameters: [needed('value', 'Object'), optional('default', 'Long')],
    returns: 'Long',
    run(arg) {
      const value = arg('value');
      const without = arg('default') ?? 0n;
      if (typeof value === 'bigint') return value;
      if (typeof value === 'number') return BigInt(Math.trunc(value));
      if (value === null) return without;
      const shown = javaText(value);
      if (!/^-?\d+$/.test(shown)) return without;
      return BigInt.asIntN(64, BigInt(shown)) === BigInt(shown) ? BigInt(shown) : without;
    },
  },
  to_ip: {
    parameters: [needed('ip', 'Object'), optional('default', 'String')],
    returns: 'Address',
    run(arg) {
      const ip = arg('ip');
      if (typeof ip === 'bigint' || typeof ip === 'number') {
        const bits = Number(BigInt.asUintN(32, BigInt(Math.trunc(Number(ip)))));
        return new Address([bits >>> 24, (bits >>> 16) & 255, (bits >>> 8) & 255, bits & 255]);
      }
      const found = addressOf(ip === null ? 'null' : javaText(ip));
      if (found) return found;
      const without = textOrNull(arg('default')) ?? '0.0.0.0';
      const other = addressOf(without);
      if (!other) throw new EvaluationError(`${without} is not an address`);
      return other;
    },
  },
  cidr_match: {
    parameters: [
      needed('cidr', 'String', (value) => isInSubnet(value, new Address([0, 0, 0, 0]))),
      needed('ip', 'Address'),
    ],
    returns: 'Boolean',
    run(arg) {
      const ip = arg('ip');
      return ip instanceof Address ? isInSubnet(text(arg, 'cidr'), ip) : null;
    },
  },
  to_date: {
    parameters: [
      needed('value', 'Object'),
      optional('timezone', 'String'),
      optional('default', 'DateTime'),
    ],
    returns: 'DateTime',
    run(arg) {
      const value = arg('value');
      if (value instanceof Instant) return value;
      throw new Error('only instants are read here');
    },
  },
  string_array_add: {
    parameters: [
      needed('elements', 'Object'),
      needed('value', 'Object'),
      optional('only_unique', 'Boolean'),
    ],
    returns: 'List',
    run(arg) {
      const elements = [...listOf(arg('elements'))];
      for (const value of listOf(arg('value')))
        if (!flag(arg, 'only_unique') || !elements.includes(value)) elements.push(value);
      return elements;
    },
  },
  first_non_null: {
    parameters: [needed('value', 'List')],
    returns: 'Object',
    run(arg) {
      const value = arg('value');
      return Array.isArray(value) ? (value.find((one) => one !== null) ?? null) : null;
    },
  },
} as const satisfies Readonly<Record<string, RuleFunction>>;
