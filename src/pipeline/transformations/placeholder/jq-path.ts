import { isRecord } from '../../../source/record.ts';
import { failed, ok, type Result } from '../../../source/result.ts';

/** Plain data of JSON or YAML. */
type Plain = unknown;
type Step = (value: Plain) => Result<readonly Plain[]>;

const pipe = '(?<pipe>\\|)\\s*(?=\\.)';
const inQuotes = (name: string): string => `"(?<${name}>(?:[^"\\\\]|\\\\.)*)"`;
const inBrackets = `\\.?\\[\\s*(?:${inQuotes('bracketed')}|(?<index>-?[0-9]{1,9}))?\\s*\\]`;
const name = '\\.(?<name>[A-Za-z_]\\w*)';
const kinds = [pipe, inBrackets, `\\.${inQuotes('quoted')}`, name, '(?<self>\\.)'];
const step = new RegExp(`\\s*(?:${kinds.join('|')})(?<optional>\\?)?\\s*`, 'y');

/**
 * What a path finds in data. It is the part of jq that names things: `.items[]`, `.hosts[0].ip`,
 * `.["a b"]`, `.[] | .name`, each step with `?` where it may find nothing. The error: the path has
 * what else jq has, or the data has no such part.
 */
export function jqValues(path: string, data: Plain): Result<readonly Plain[]> {
  const steps = stepsOf(path);
  if (!steps.ok) return steps;
  let values: readonly Plain[] = [data];
  for (const take of steps.value) {
    const next: Plain[] = [];
    for (const value of values) {
      const taken = take(value);
      if (!taken.ok) return taken;
      for (const one of taken.value) next.push(one);
    }
    values = next;
  }
  return ok(values);
}

function stepsOf(path: string): Result<readonly Step[]> {
  const steps: Step[] = [];
  for (let at = 0; at < path.length; ) {
    step.lastIndex = at;
    const match = step.exec(path);
    const groups = match?.groups ?? {};
    if (!match || (at === 0 && (groups.pipe !== undefined || !/^\s*\./.test(path))))
      return failed(`\`${path.slice(at).trim()}\` is not supported here`);
    if (groups.self !== undefined) {
      // `.` is the value itself, at the start and after a pipe
      if (steps.length > 0 && !/\|\s*$/.test(path.slice(0, at)))
        return failed(`\`${path}\` is not supported here`);
    } else if (groups.pipe === undefined) steps.push(stepOf(groups));
    at += match[0].length;
  }
  return ok(steps);
}

type StepGroups = Readonly<Record<string, string | undefined>>;

function stepOf({ bracketed, index, quoted, name, optional }: StepGroups): Step {
  const key = name ?? (bracketed ?? quoted)?.replace(/\\(.)/g, '$1');
  const take =
    key !== undefined ? keyStep(key) : index !== undefined ? indexStep(Number(index)) : eachStep;
  if (optional === undefined) return take;
  return (value) => {
    const taken = take(value);
    return taken.ok ? taken : ok([]);
  };
}

const keyStep =
  (key: string): Step =>
  (value) => {
    if (value === null) return ok([null]);
    if (!isRecord(value)) return failed(`\`${key}\` is asked of ${typeName(value)}`);
    return ok([Object.hasOwn(value, key) ? value[key] : null]);
  };

const indexStep =
  (index: number): Step =>
  (value) => {
    if (value === null) return ok([null]);
    if (!Array.isArray(value)) return failed(`[${index}] is asked of ${typeName(value)}`);
    return ok([value.at(index) ?? null]);
  };

const eachStep: Step = (value) => {
  if (Array.isArray(value)) return ok(value);
  if (isRecord(value)) return ok(Object.values(value));
  return failed(`[] is asked of ${typeName(value)}`);
};

/** `a list`, `a map`, `a string`, ... */
export const typeName = (value: Plain): string =>
  value === null
    ? 'null'
    : Array.isArray(value)
      ? 'a list'
      : isRecord(value)
        ? 'a map'
        : `a ${typeof value}`;
