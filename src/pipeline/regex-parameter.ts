import { type PythonRegex, pythonRegex } from '../python-regex/regex.ts';
import type { Span } from '../source/span.ts';
import type { YamlMapping } from '../source/yaml/tree.ts';
import type { Work } from '../work/work.ts';
import { placeOf, textOf } from './parameters.ts';
import { PipelineError } from './pipeline-error.ts';

/** The regular expression of Python's in a parameter. Throws {@link PipelineError}. */
export const regexOf = (item: YamlMapping, name: string): PythonRegex =>
  regexAt(textOf(item, name) ?? '', placeOf(item, name));

/** A regular expression of Python's that is written at `place`. Throws {@link PipelineError}. */
export function regexAt(text: string, place: Span): PythonRegex {
  const regex = pythonRegex(text);
  if (regex.ok) return regex.value;
  throw new PipelineError(
    `\`${text}\` is not a regular expression: ${regex.error}`,
    place,
    "Patterns of pipelines are regular expressions of Python's `re`.",
  );
}

/**
 * Replaces what the expression in the parameter `pattern` finds by the one in `replacement`.
 * Throws {@link PipelineError}.
 */
export function replacerOf(
  item: YamlMapping,
  pattern: string,
): (text: string, work: Work) => string {
  const replacer = regexOf(item, pattern).replacer(textOf(item, 'replacement') ?? '');
  if (replacer.ok) return replacer.value;
  throw new PipelineError(
    replacer.error,
    placeOf(item, 'replacement'),
    "Replacements are those of Python's `re.sub`.",
  );
}
