import type { Work } from '../work/work.ts';
import { functionOf, type TemplateFunction } from './function.ts';
import { compared, equals, isIn } from './operators.ts';
import { isList, isMembers, type Value } from './value.ts';

const isMap = (value: Value): boolean => isMembers(value) && value.entries !== undefined;
const isSequence = (value: Value): boolean =>
  isList(value) || typeof value === 'string' || isMap(value);
const isNumber = (value: Value): boolean => typeof value === 'number' || typeof value === 'boolean';

function isCased(value: Value, change: (text: string) => string, work: Work): boolean {
  if (typeof value !== 'string') return false;
  work.characters(value.length);
  return value === change(value) && value.toUpperCase() !== value.toLowerCase();
}

const equal = functionOf((work, a, b) => equals(a, b, work), ['other']);

/** What may follow `is`, and what `select` and the like take. */
export const tests: ReadonlyMap<string, TemplateFunction> = new Map<string, TemplateFunction>([
  ['defined', functionOf((_, value) => value !== undefined)],
  ['undefined', functionOf((_, value) => value === undefined)],
  ['none', functionOf((_, value) => value === null)],
  ['string', functionOf((_, value) => typeof value === 'string')],
  ['number', functionOf((_, value) => isNumber(value))],
  ['boolean', functionOf((_, value) => typeof value === 'boolean')],
  ['true', functionOf((_, value) => value === true)],
  ['false', functionOf((_, value) => value === false)],
  ['mapping', functionOf((_, value) => isMap(value))],
  ['sequence', functionOf((_, value) => isSequence(value))],
  ['iterable', functionOf((_, value) => value === undefined || isSequence(value))],
  ['lower', functionOf((work, value) => isCased(value, (text) => text.toLowerCase(), work))],
  ['upper', functionOf((work, value) => isCased(value, (text) => text.toUpperCase(), work))],
  ['even', functionOf((_, value) => Number(value) % 2 === 0)],
  ['odd', functionOf((_, value) => Math.abs(Number(value)) % 2 === 1)],
  ['divisibleby', functionOf((_, value, number) => Number(value) % Number(number) === 0, ['num'])],
  ['in', functionOf((work, value, list) => isIn(value, list, work), ['seq'])],
  ['eq', equal],
  ['equalto', equal],
  ['ne', functionOf((work, a, b) => !equals(a, b, work), ['other'])],
  ['gt', functionOf((work, a, b) => compared(a, b, work) > 0, ['other'])],
  ['ge', functionOf((work, a, b) => compared(a, b, work) >= 0, ['other'])],
  ['lt', functionOf((work, a, b) => compared(a, b, work) < 0, ['other'])],
  ['le', functionOf((work, a, b) => compared(a, b, work) <= 0, ['other'])],
]);
