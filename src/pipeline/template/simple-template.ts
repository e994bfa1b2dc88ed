import { JinjaError, orJinjaError } from '../../jinja/error.ts';
import type { Template } from '../../jinja/template.ts';
import { memberOf, printedText, type Root, type Value } from '../../jinja/value.ts';
import type { Result } from '../../source/result.ts';
import type { Span } from '../../source/span.ts';
import { growingText, type Work } from '../../work/work.ts';
import { queryRoots } from './context.ts';

type Part = string | Path;

interface Path {
  readonly names: readonly string[];
  /** As written, with its braces. */
  readonly source: string;
}

/**
 * A template in the form of Python's `str.format`, as far as it names things: `{query}`,
 * `{rule.title}`, `{pipeline.state[key]}`, `{rule.tags[0]}`.
 */
export function parseSimpleTemplate(source: string): Result<Template, JinjaError> {
  return orJinjaError(() => {
    const parts = partsOf(source);
    return (context, work) =>
      orJinjaError(() => {
        const whole = growingText(work);
        for (const part of parts)
          whole.add(typeof part === 'string' ? part : printPath(part, context, work));
        return whole.text();
      });
  });
}

function partsOf(source: string): readonly Part[] {
  const parts: Part[] = [];
  let end = 0;
  for (const match of source.matchAll(/\{\{|\}\}|\{([^{}]*)\}|[{}]/g)) {
    const { 0: whole, 1: field, index } = match;
    parts.push(source.slice(end, index));
    end = index + whole.length;
    const place = { start: index, end };
    if (field !== undefined) parts.push({ names: namesIn(field, place), source: whole });
    else if (whole.length === 2) parts.push(whole.slice(1));
    else throw new JinjaError('a single brace; write it twice where it stands for itself', place);
  }
  parts.push(source.slice(end));
  return parts;
}

interface Step {
  /** `.name` or `[name]` */
  readonly source: string;
  readonly name: string;
}

/** `rule.tags[0]`: the root and its steps. */
function namesIn(field: string, place: Span): readonly string[] {
  const match = /^([A-Za-z_]\w*)((?:\.[A-Za-z_]\w*|\[[^\][]+\])*)(![rsa])?(:.*)?$/s.exec(field);
  if (!match) throw new JinjaError(`\`{${field}}\` names nothing`, place);
  const [, root = '', below = '', conversion = '!s', format = ':'] = match;
  if (conversion !== '!s' || format !== ':')
    throw new JinjaError('conversions and formats are not supported', place);
  const known = queryRoots.get(root);
  if (!known)
    throw new JinjaError(`\`${root}\` is none of ${[...queryRoots.keys()].join(', ')}`, place);
  const steps = Array.from(
    below.matchAll(/\.(\w+)|\[([^\]]+)\]/g),
    ([source, attribute, key]): Step => ({ source, name: attribute ?? key ?? '' }),
  );
  const [first, second] = steps;
  if (!permits(known, first))
    throw new JinjaError(
      known.members
        ? `\`${root}\` has ${[...known.members].join(', ')} here`
        : `\`${root}\` has no parts`,
      place,
    );
  const isMap = root === 'pipeline' || first?.name === 'custom_attributes';
  if (isMap && !second?.source.startsWith('['))
    throw new JinjaError('entries of a map are in brackets: [name]', place);
  return [root, ...steps.map(({ name }) => name)];
}

const permits = ({ whole, members }: Root, first: Step | undefined): boolean =>
  first === undefined
    ? whole
    : members !== undefined && !first.source.startsWith('[') && members.has(first.name);

function printPath(
  { names: [root = '', ...names], source }: Path,
  context: ReadonlyMap<string, Value>,
  work: Work,
): string {
  let value = context.get(root);
  for (const name of names) value = memberOf(value, name, work);
  if (value === undefined) throw new JinjaError(`the rule has nothing for \`${source}\``);
  return printedText(value);
}
