import { JinjaError } from '../../jinja/error.ts';
import { memberOf, printedText, type Value } from '../../jinja/value.ts';
import { growingText, type Work } from '../../work/work.ts';
import { queryRoots } from './context.ts';

type Part = string | { readonly path: readonly string[]; readonly source: string };

/**
 * A template in the form of Python's `str.format`, as far as it names things: `{query}`,
 * `{rule.title}`, `{pipeline.state[key]}`, `{rule.tags[0]}`.
 */
export function parseSimpleTemplate(
  text: string,
): (context: ReadonlyMap<string, Value>, work: Work) => string {
  const parts: Part[] = [];
  let end = 0;
  for (const match of text.matchAll(/\{\{|\}\}|\{([^{}]*)\}|[{}]/g)) {
    const { 0: whole, 1: field, index } = match;
    parts.push(text.slice(end, index));
    end = index + whole.length;
    if (field !== undefined) parts.push({ path: pathOf(field, index), source: whole });
    else if (whole.length === 2) parts.push(whole.slice(1));
    else
      throw new JinjaError('a single brace; write it twice where it stands for itself', index, end);
  }
  parts.push(text.slice(end));
  return (context, work) => {
    const whole = growingText(work);
    for (const part of parts) whole.add(typeof part === 'string' ? part : printPath(part, context));
    return whole.text();
  };
}

function pathOf(field: string, index: number): readonly string[] {
  const reason = (message: string): JinjaError =>
    new JinjaError(message, index, index + field.length + 2);
  const match = /^([A-Za-z_]\w*)((?:\.[A-Za-z_]\w*|\[[^\][]+\])*)(![rsa])?(:.*)?$/s.exec(field);
  if (!match) throw reason(`\`{${field}}\` names nothing`);
  const [, root = '', below = '', conversion, format] = match;
  if ((conversion !== undefined && conversion !== '!s') || (format !== undefined && format !== ':'))
    throw reason('conversions and formats are not supported');
  const known = queryRoots.get(root);
  if (!known) throw reason(`\`${root}\` is none of ${[...queryRoots.keys()].join(', ')}`);
  const steps = Array.from(below.matchAll(/\.(\w+)|\[([^\]]+)\]/g), ([step, attribute, key]) => ({
    step,
    name: attribute ?? key ?? '',
  }));
  const [first, second] = steps;
  if (
    first === undefined
      ? !known.whole
      : known.members === undefined || first.step.startsWith('[') || !known.members.has(first.name)
  )
    throw reason(
      known.members
        ? `\`${root}\` has ${[...known.members].join(', ')} here`
        : `\`${root}\` has no parts`,
    );
  const isMap = root === 'pipeline' || first?.name === 'custom_attributes';
  if (isMap && !second?.step.startsWith('['))
    throw reason('entries of a map stand in brackets: [name]');
  return [root, ...steps.map(({ name }) => name)];
}

function printPath(
  { path: [root = '', ...names], source }: Exclude<Part, string>,
  context: ReadonlyMap<string, Value>,
): string {
  let value = context.get(root);
  for (const name of names) value = memberOf(value, name);
  if (value === undefined) throw new Error(`the rule has nothing for \`${source}\``);
  return printedText(value);
}
