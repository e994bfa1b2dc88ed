import type { LogSource, SourcePart } from '../../sigma/rule/rule.ts';
import { failed, ok, type Result } from '../../source/result.ts';
import type { YamlNode } from '../../source/yaml/tree.ts';

/** `$$`, `$name` and `${name}`, as in Python's string.Template; any other `$` is literal. */
const references = /\$(?:(\$)|([_a-z][_a-z0-9]*)|\{([_a-z][_a-z0-9]*)\})/gi;
/** Characters of a log source that would mean something in a value, or in a regular expression. */
const active = { value: /[\\*?%]/, regex: /[\\*?%.^$|+()[\]{}]/ } as const;

/**
 * The values of a condition with the parts of a rule's log source in place of `$category`,
 * `$product` and `$service`; other names stay. The error: why it can't be filled in for the rule.
 */
export function filledIn(node: YamlNode, source: LogSource): Result<YamlNode> {
  const reasons: string[] = [];
  const fill = (one: YamlNode, kind: keyof typeof active): YamlNode => {
    if (one.kind === 'sequence')
      return { ...one, items: one.items.map((entry) => fill(entry, kind)) };
    if (one.kind === 'mapping')
      return {
        ...one,
        pairs: one.pairs.map(({ key, value }) => ({
          key,
          value: fill(value, key.text.split('|').includes('re') ? 'regex' : 'value'),
        })),
      };
    if (typeof one.value !== 'string' || !one.text.includes('$')) return one;
    const text = one.text.replace(
      references,
      (whole: string, escaped?: string, plain?: string, braced?: string) => {
        if (escaped !== undefined) return '$';
        const name = plain ?? braced;
        if (name !== 'category' && name !== 'product' && name !== 'service') return whole;
        const part = partFor(source, name, active[kind]);
        if (part.ok) return part.value;
        reasons.push(part.error);
        return '';
      },
    );
    return { ...one, value: text, text, plain: false };
  };
  const filled = fill(node, 'value');
  const [reason] = reasons;
  return reason === undefined ? ok(filled) : failed(reason);
}

function partFor(source: LogSource, name: SourcePart, refused: RegExp): Result<string> {
  const part = source[name];
  if (part === undefined)
    return failed(
      `the condition to add holds $${name}, and the log source of the rule has no ${name}`,
    );
  return refused.test(part)
    ? failed(`the ${name} \`${part}\` of the log source can't be in a condition`)
    : ok(part);
}
