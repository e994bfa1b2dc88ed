import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { sourceKey, vocabularyOf } from '../../../editor/vocabulary.ts';
import { createPlayground } from '../../../playground/compile.ts';
import { exampleInput } from '../../../playground/example.ts';
import type { PlaygroundData, PlaygroundOpening } from '../../../playground/messages.ts';
import { projectSettings } from '../../../playground/project-settings.ts';
import { readDocuments } from '../../../sigma/collection/document.ts';
import { createBag } from '../../../source/diagnostic.ts';
import { CommandError } from '../../error/command-error.ts';
import { type ExitCode, exitCodes } from '../../error/exit-code.ts';
import { shownPath } from '../../files/rule-files.ts';
import { writeWhole } from '../../files/write-whole.ts';
import { packageRoot } from '../../process/package-root.ts';
import { builtInNames } from '../../project/pipeline-files.ts';
import { loadUsableProject } from '../../project/usable-project.ts';
import { namesOfPipelines } from '../list/names.ts';
import type { PlaygroundOptions } from './register.ts';

/** `sigpack playground`: the page with pipelines, settings and names of the project's rules. */
export async function playground({ output, config }: PlaygroundOptions): Promise<ExitCode> {
  const root = packageRoot();
  const page = gunzipSync(readFileSync(join(root, 'dist/lib/playground.html.gz'))).toString();
  const project = await loadUsableProject(config);
  if (config !== undefined && project.error !== undefined) throw new CommandError(project.error);
  const pipelines = Object.fromEntries(
    builtInNames().map((name) => [name, readFileSync(join(root, `pipelines/${name}.yml`), 'utf8')]),
  );
  const documents = project.files.flatMap((file) => readDocuments(file, createBag()).documents);
  const { fieldsBySource } = vocabularyOf(documents);
  const fields: Record<string, Record<string, number>> = {
    '//': Object.fromEntries(namesOfPipelines('fields').map(({ name }) => [name, 0])),
  };
  for (const { logsource = {} } of namesOfPipelines('logsources'))
    fields[sourceKey(logsource)] ??= {};
  for (const [key, counts] of fieldsBySource)
    fields[key] = { ...fields[key], ...Object.fromEntries(counts) };
  const data: PlaygroundData = { pipelines, vocabulary: { fields } };
  const input = exampleInput(project.configFile ? projectSettings(project.configFile) : '');
  const opening: PlaygroundOpening = {
    input,
    result: createPlayground(pipelines, randomUUID)(input),
  };
  const values = { opening, data };
  const filled = page.replace(/\{\{(opening|data)\}\}/g, (_, name: keyof typeof values) =>
    jsonText(values[name]),
  );
  writeWhole(output, filled);
  process.stdout.write(`${shownPath(output)}: open it in a browser; it needs no network\n`);
  return exitCodes.success;
}

/** Nothing in it ends the element that holds it. */
const jsonText = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');
