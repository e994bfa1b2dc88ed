import { gunzipSync } from 'node:zlib';
import { json, type Reply, type Request } from './server.ts';

/*
 * Splunk's login, AppInspect and the Admin Config Service, all in one server, as their references
 * describe them: dev.splunk.com, "Splunk AppInspect API endpoint reference"; docs.splunk.com, Admin
 * Config Service Manual, "Manage private apps".
 */

export interface FakeCloud {
  readonly apps: Map<string, string>;
  /** Checks that AppInspect lets fail. */
  failures: readonly string[];
  readonly handle: (request: Request) => Reply;
}

export interface FakeCloudOptions {
  readonly stack: string;
  readonly login: string;
  readonly stackToken: string;
  readonly experience: 'victoria' | 'classic';
}

const appInspectToken = 'appinspect-token-123456';
const report = 'b0f9-4c1e';

export function createFakeCloud({
  stack,
  login,
  stackToken,
  experience,
}: FakeCloudOptions): FakeCloud {
  const apps = new Map<string, string>();
  const pending = new Map<string, number>();
  let asked = 0;
  const fake: FakeCloud = { apps, failures: [], handle };

  function handle(request: Request): Reply {
    const { path, headers } = request;
    if (path === '/2.0/rest/login/splunk') {
      if (headers.authorization !== `Basic ${Buffer.from(login).toString('base64')}`)
        return json(401, { status_code: 401, status: 'error', msg: 'Failed to authenticate user' });
      return json(200, { status_code: 200, status: 'success', data: { token: appInspectToken } });
    }
    if (path.startsWith('/v1/app/'))
      return headers.authorization === `Bearer ${appInspectToken}`
        ? inspect(request)
        : json(401, { code: 'unauthorized' });
    return headers.authorization === `Bearer ${stackToken}`
      ? configure(request)
      : json(401, { code: '401-unauthorized', message: 'Invalid token' });
  }

  function configure({ method, path, headers, body }: Request): Reply {
    const base = `/${stack}/adminconfig/v2/apps${experience === 'victoria' ? '/victoria' : ''}`;
    if (path === base && method === 'POST') return installApp(headers, body);
    const id = path.startsWith(`${base}/`) ? path.slice(base.length + 1) : '';
    if (!apps.has(id))
      return json(404, { code: '404-app-not-found', message: `App not found for ${id}` });
    if (method === 'DELETE') {
      apps.delete(id);
      return { status: 200, body: '' };
    }
    const left = pending.get(id) ?? 0;
    pending.set(id, left - 1);
    return json(200, {
      appID: id,
      label: id,
      name: id,
      status: left > 0 ? 'processing' : 'installed',
      version: apps.get(id),
    });
  }

  function inspect({ method, headers, body, ...request }: Request): Reply {
    const path = request.path.slice('/v1/app'.length);
    if (path === '/validate' && method === 'POST') {
      const text = body.toString('latin1');
      if (!headers['content-type']?.startsWith('multipart/form-data; boundary='))
        return json(400, { message: 'multipart wanted' });
      if (
        !text.includes(`name="included_tags"\r\n\r\nprivate_${experience}\r\n`) ||
        !/name="app_package"; filename="\w+\.spl"/.test(text)
      )
        return json(400, { message: 'app_package is missing' });
      return json(200, { request_id: report, message: 'Validation request submitted.', links: [] });
    }
    if (path === `/validate/status/${report}`)
      return json(200, {
        request_id: report,
        status: ++asked % 2 === 1 ? 'PROCESSING' : 'SUCCESS',
      });
    if (path !== `/report/${report}`) return json(404, { message: 'no such request' });
    const checks = fake.failures.map((name) => ({
      name,
      result: 'failure',
      messages: [{ message: 'not allowed', result: 'failure' }],
    }));
    return json(200, {
      summary: { error: 0, failure: checks.length, success: 200 },
      reports: [{ groups: [{ name: 'check_x', checks }] }],
    });
  }

  function installApp(headers: Request['headers'], body: Buffer): Reply {
    if (headers['acs-legal-ack'] !== 'Y')
      return json(400, { code: '400-bad-request', message: 'ACS-Legal-Ack is missing' });
    const form = body.toString('latin1');
    const vouched =
      experience === 'victoria'
        ? headers['x-splunk-authorization'] === appInspectToken
        : form.includes(`name="token"\r\n\r\n${appInspectToken}\r\n`);
    if (!vouched) return json(403, { code: '403-forbidden', message: 'The app is not validated' });
    const start = body.indexOf(Buffer.from([0x1f, 0x8b]));
    const end =
      experience === 'victoria' ? body.length : body.lastIndexOf('\r\n--', body.length - 10);
    const text = gunzipSync(body.subarray(start, end)).toString('latin1');
    const id = /^([A-Za-z]\w*)\//.exec(text)?.[1] ?? '';
    const version = /\[launcher\]\nversion = (\S+)/.exec(text)?.[1] ?? '';
    apps.set(id, version);
    pending.set(id, 1);
    return json(202, { appID: id, label: id, name: id, status: 'processing', version });
  }
  return fake;
}
