import { isRecord } from '../../../source/record.ts';
import { InstallError, isPlaceError } from '../../install-error.ts';
import type { Client } from '../../server/client.ts';
import { pathOf, pipelinesOn, rulesOn } from './server-pipelines.ts';
import type { TextKind } from './wanted-texts.ts';

export interface NewText {
  readonly title: string;
  readonly description?: string;
  readonly source: string;
}

/** Makes a pipeline or a pipeline rule; returns its id. */
export async function createText(client: Client, kind: TextKind, text: NewText): Promise<string> {
  const { title, description = '', source } = text;
  try {
    const { json } = await client.send('POST', pathOf(kind), {
      body: { title, description, source },
      repeatable: false,
    });
    if (isRecord(json) && typeof json.id === 'string') return json.id;
  } catch (error) {
    // an answer that was cut off does not show what the server did
    if (!isPlaceError(error) || error.httpStatus !== undefined) throw error;
    const there = await textOn(client, kind, title);
    if (there?.source !== source) throw error;
    return there.id;
  }
  throw new InstallError('place', 'the server answers with something else than what it has made');
}

const textOn = async (client: Client, kind: TextKind, title: string) =>
  (kind === 'pipeline' ? await pipelinesOn(client) : await rulesOn(client, [title])).get(title);
