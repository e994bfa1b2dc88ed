import { isRecord } from '../../source/record.ts';
import { InstallError } from '../install-error.ts';
import type { Client } from '../server/client.ts';
import { listIn, stringIn } from './answer-fields.ts';
import { multipart } from './multipart.ts';
import { type Patience, waitUntil } from './patience.ts';

/** An app for AppInspect. */
export interface Inspection {
  /** With the token of the login. */
  readonly client: Client;
  readonly archive: Uint8Array;
  readonly appId: string;
  readonly experience: 'victoria' | 'classic';
  readonly patience: Patience;
  /** Called with AppInspect's own word for how far it is. */
  readonly onStatus: (status: string) => void;
}

/** Has AppInspect validate the app; throws an InstallError where it refuses it. */
export async function inspectApp(inspection: Inspection): Promise<void> {
  const { client, patience, onStatus } = inspection;
  const request = await submit(inspection);
  await waitUntil(patience, 'AppInspect', async () => {
    const { json } = await client.send('GET', `/v1/app/validate/status/${request}`);
    const status = stringIn(json, 'status');
    onStatus(client.shown(status?.toLowerCase() ?? ''));
    if (status === 'ERROR') throw new InstallError('place', 'AppInspect could not look at the app');
    return status === 'SUCCESS';
  });
  const { json } = await client.send('GET', `/v1/app/report/${request}`, { repeatable: true });
  const reasons = failedChecks(client, json);
  if (reasons.length > 0)
    throw new InstallError(
      'place',
      `AppInspect refuses the app: ${reasons.slice(0, 5).join('; ')}` +
        `${reasons.length > 5 ? `; ${reasons.length - 5} more` : ''}`,
    );
}

/** Returns the id by which AppInspect knows its work. */
async function submit({ client, archive, appId, experience }: Inspection): Promise<string> {
  const form = multipart([
    { name: 'included_tags', content: Buffer.from(`private_${experience}`) },
    { name: 'app_package', content: archive, file: `${appId}.spl` },
  ]);
  const { json } = await client.send('POST', '/v1/app/validate', {
    ...form,
    repeatable: true,
    slow: true,
  });
  const request = stringIn(json, 'request_id');
  if (request === undefined || !/^[\w-]+$/.test(request))
    throw new InstallError('place', 'AppInspect gave no id for its work');
  return request;
}

/** Checks that an app must pass and did not. */
function failedChecks(client: Client, json: unknown): readonly string[] {
  const summary = isRecord(json) ? json.summary : undefined;
  if (!isRecord(summary)) throw new InstallError('place', 'AppInspect gave no report');
  const { failure = 0, error = 0 } = summary;
  if (typeof failure !== 'number' || typeof error !== 'number')
    throw new InstallError('place', 'AppInspect gave a report that does not count what fails');
  const checks = listIn(json, 'reports')
    .flatMap((one) => listIn(one, 'groups'))
    .flatMap((group) => listIn(group, 'checks'))
    .filter((check) => ['failure', 'error'].includes(stringIn(check, 'result') ?? ''));
  const shown = checks.map((check) => {
    const message = stringIn(listIn(check, 'messages')[0], 'message');
    return client.shown(
      `${stringIn(check, 'name') ?? 'a check'}${message === undefined ? '' : `: ${message}`}`,
    );
  });
  const count = failure + error;
  return shown.length > 0 || count === 0 ? shown : [`${count} checks fail`];
}
