/** Plain data of JSON or YAML. */
type Plain = unknown;
type Step = (value: Plain) => readonly Plain[];

/** What is wrong with a path, or with the data that it meets. */
export class JqError extends Error {}

const step =
  /\s*(?:(\|)\s*(?=\.)|\.?\[\s*(?:"((?:[^"\\]|\\.)*)"|(-?[0-9]{1,9}))?\s*\]|\."((?:[^"\\]|\\.)*)"|\.([A-Za-z_]\w*)|(\.))(\?)?\s*/y;

/**
 * The part of jq that names things: `.items[]`, `.hosts[0].ip`, `.["a b"]`, `.[] | .name`, each
 * step with `?` where it may find nothing. Throws {@link JqError} at what else jq has, and where
 * data has no such part.
 */
export function parseJqPath(text: string): (data: Plain) => readonly Plain[] {
  const steps: Step[] = [];
  for (let at = 0; at < text.length; ) {
    step.lastIndex = at;
    const match = step.exec(text);
    if (!match || (at === 0 && (match[1] !== undefined || !/^\s*\./.test(text))))
      throw new JqError(`\`${text.slice(at).trim()}\` is not supported here`);
    at += match[0].length;
    const [whole, pipe] = match;
    if (pipe !== undefined || (match[6] !== undefined && steps.length === 0)) continue;
    if (match[6] !== undefined) {
      // `.` behind a pipe is the value itself
      if (!/\|\s*$/.test(text.slice(0, at - whole.length)))
        throw new JqError(`\`${text}\` is not supported here`);
      continue;
    }
    steps.push(stepOf(match));
  }
  return (data) => steps.reduce<readonly Plain[]>((values, take) => values.flatMap(take), [data]);
}

function stepOf([, , bracketed, index, quoted, name, , optional]: RegExpExecArray): Step {
  const key = name ?? textOf(bracketed ?? quoted);
  const found =
    key !== undefined ? keyStep(key) : index !== undefined ? indexStep(Number(index)) : eachStep;
  return optional === undefined ? found : lenient(found);
}

const textOf = (quoted: string | undefined): string | undefined =>
  quoted === undefined ? undefined : quoted.replace(/\\(.)/g, '$1');

const isMap = (value: Plain): value is Readonly<Record<string, Plain>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const keyStep =
  (key: string): Step =>
  (value) => {
    if (value === null) return [null];
    if (!isMap(value)) throw new JqError(`\`${key}\` is asked of ${named(value)}`);
    return [Object.hasOwn(value, key) ? value[key] : null];
  };

const indexStep =
  (index: number): Step =>
  (value) => {
    if (value === null) return [null];
    if (!Array.isArray(value)) throw new JqError(`[${index}] is asked of ${named(value)}`);
    return [value.at(index) ?? null];
  };

const eachStep: Step = (value) => {
  if (Array.isArray(value)) return value;
  if (isMap(value)) return Object.values(value);
  throw new JqError(`[] is asked of ${named(value)}`);
};

function lenient(take: Step): Step {
  return (value) => {
    try {
      return take(value);
    } catch (error) {
      if (error instanceof JqError) return [];
      throw error;
    }
  };
}

export const named = (value: Plain): string =>
  value === null
    ? 'null'
    : Array.isArray(value)
      ? 'a list'
      : isMap(value)
        ? 'a map'
        : `a ${typeof value}`;
