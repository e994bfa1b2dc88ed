import type { RuleFunction } from './function.ts';
import { messageFunctions } from './message-functions.ts';
import { textFunctions } from './text-functions.ts';
import { valueFunctions } from './value-functions.ts';

const all: ReadonlyMap<string, RuleFunction> = new Map([
  ...Object.entries(textFunctions),
  ...Object.entries(valueFunctions),
  ...Object.entries(messageFunctions),
]);

export const functionOf = (name: string): RuleFunction | undefined => all.get(name);
