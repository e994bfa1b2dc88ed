import { fieldChoices, sigmaNames } from '../pipeline/field-choice.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';

export interface NamedPipeline {
  readonly name: string;
  readonly description: string;
}

export const oneLine = (text: string): string => text.replace(/[\p{Cc}\s]+/gu, ' ').trim();
const fileName = (path: string): string => path.replace(/^.*[\\/]/, '');

/**
 * The pipelines of a target by the names that they were chosen by. A name of which the target takes
 * nothing is left out.
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
    // a folder of somebody's machine says nothing to whoever installs the pack
    return own ? [{ name: oneLine(fileName(name)), description: oneLine(own.name) }] : [];
  });
  return found.length === 0 && pipelines.length === 0 ? [sigmaNames] : found;
}
