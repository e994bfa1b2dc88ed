import { fieldChoices, sigmaNames } from '../pipeline/field-choice.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';

export interface NamedPipeline {
  readonly name: string;
  readonly description: string;
}

export const oneLine = (text: string): string => text.replace(/[\p{Cc}\s]+/gu, ' ').trim();
const fileName = (path: string): string => path.replace(/^.*[\\/]/, '');

/**
 * The pipelines of a target, under the names that chose them. Names that contribute no pipeline to
 * the target are left out.
 */
export function chosenPipelines(
  target: string,
  names: readonly string[],
  pipelines: readonly Pipeline[],
): readonly NamedPipeline[] {
  const choices = new Map(fieldChoices(target).map((choice) => [choice.name, choice]));
  const found = names.flatMap((name): readonly NamedPipeline[] => {
    const choice = choices.get(name);
    if (choice) return [choice];
    const own = pipelines.find(({ file }) =>
      [fileName(name), `${name}.yml`].includes(fileName(file.path)),
    );
    // a folder on the author's machine means nothing to the people who install the pack
    return own ? [{ name: oneLine(fileName(name)), description: oneLine(own.name) }] : [];
  });
  return found.length === 0 && pipelines.length === 0 ? [sigmaNames] : found;
}
