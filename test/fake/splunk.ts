import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readConf } from '../../src/pack/render/conf-reader.ts';
import { readTar } from '../archives.ts';
import { json, type Reply, type Request } from './server.ts';
import { atomFeed } from './splunk-atom.ts';
import { type Done, faultOf, handled, handlers, type Outcome } from './splunk-handlers.ts';
import { type Conf, type FakeApp, merged } from './splunk-state.ts';

/*
 * Splunk's management interface as its REST reference describes it, as far as an install goes. It
 * is strict: an argument that an endpoint does not document is an error, as it is there. Reference:
 * docs.splunk.com, REST API Reference Manual, "Application", "Knowledge", "Search" and
 * "Configuration" endpoint descriptions. test/judges/install-splunk.sh has the official client for
 * Python read from it.
 */

export interface FakeSplunk {
  readonly apps: Map<string, FakeApp>;
  readonly reloads: string[];
  /**
   * What it says of the searches that it runs at one time: its own number, the settings that this
   * follows from, or nothing.
   */
  readonly says: { slots: 'number' | 'settings' | 'nothing' };
  readonly handle: (request: Request) => Promise<Reply>;
}

export interface FakeSplunkOptions {
  readonly user: string;
  readonly password: string;
  readonly token: string;
  /** How the server calls a folder that is this one here. */
  readonly upload?: { readonly onServer: string; readonly folder: string };
}

const formType = 'application/x-www-form-urlencoded';
const session = 'fake-session-key-0123456789';

export function createFakeSplunk({ user, password, token, upload }: FakeSplunkOptions): FakeSplunk {
  const apps = new Map<string, FakeApp>();
  const reloads: string[] = [];
  const says: FakeSplunk['says'] = { slots: 'number' };
  const isAllowed = ({ authorization }: Request['headers']): boolean =>
    authorization === `Bearer ${token}` || authorization === `Splunk ${session}`;

  async function handle(request: Request): Promise<Reply> {
    const { method, query, body, headers } = request;
    if (
      method === 'POST' &&
      body.length > 0 &&
      !(headers['content-type'] ?? formType).startsWith(formType)
    )
      return fault(request, 415, 'a form is wanted');
    const form = new URLSearchParams(method === 'POST' ? body.toString('utf8') : query);
    const path = request.path.replace(/\/$/, '');
    const wantsJson = form.get('output_mode') === 'json';
    form.delete('output_mode');
    if (path === '/services/auth/login') return logIn(request, form, wantsJson);
    if (!isAllowed(headers)) return fault(request, 401, 'call not properly authenticated');
    const outcome = await route(method, path, form);
    return 'fault' in outcome
      ? fault(request, outcome.fault, outcome.message)
      : shown(method, path, form, wantsJson, outcome);
  }

  function logIn(request: Request, form: URLSearchParams, wantsJson: boolean): Reply {
    if (form.get('username') !== user || form.get('password') !== password)
      return fault(request, 401, 'Login failed');
    return wantsJson
      ? json(200, { sessionKey: session })
      : {
          status: 200,
          body: `<response><sessionKey>${session}</sessionKey></response>`,
          type: 'text/xml',
        };
  }

  function shown(
    method: string,
    path: string,
    form: URLSearchParams,
    wantsJson: boolean,
    { entries, status = 200 }: Done,
  ): Reply {
    const count = Number(form.get('count') ?? 30);
    const offset = Number(form.get('offset') ?? 0);
    const page =
      method === 'GET' ? entries.slice(offset, count > 0 ? offset + count : undefined) : entries;
    if (wantsJson)
      return json(status, {
        entry: page,
        paging: { total: entries.length, perPage: count, offset },
        messages: [],
      });
    return {
      status,
      body: atomFeed(path, page, { total: entries.length, offset }),
      type: 'text/xml',
    };
  }

  async function route(method: string, path: string, form: URLSearchParams): Promise<Outcome> {
    const limits = limitsOf(path, says.slots);
    if (limits) return limits;
    const ofApps = /^\/services(?:NS\/nobody\/[^/]+)?\/apps\/local(?:\/([^/]+))?(\/acl)?$/.exec(
      path,
    );
    if (ofApps) return routeApps(method, ofApps[1], ofApps[2] !== undefined, form);
    const [, appId = '', rest = ''] = /^\/servicesNS\/nobody\/([^/]+)\/(.+)$/.exec(path) ?? [];
    const app = apps.get(appId);
    if (!app) return faultOf(404, `Application does not exist: ${appId}`);
    if (rest.endsWith('/_reload')) {
      reloads.push(rest);
      return { entries: [] };
    }
    const [, collection = '', switched] =
      /^(saved\/searches\/[^/]+)\/(enable|disable)$/.exec(rest) ?? [];
    if (switched !== undefined)
      return switchSearch(
        app,
        decodeURIComponent(collection.slice('saved/searches/'.length)),
        switched,
      );
    const handler = handlers.find(({ pattern }) => pattern.test(rest));
    if (!handler) return faultOf(404, `Not Found ${rest}`);
    const [, conf = '', entity] = handler.pattern.exec(rest) ?? [];
    // the official client writes spaces of a path as +
    return handled(
      handler,
      method,
      { app, appId, conf, form },
      entity === undefined ? undefined : decodeURIComponent(entity.replaceAll('+', ' ')),
    );
  }

  function switchSearch(app: FakeApp, name: string, how: string): Outcome {
    if (!merged(app, 'savedsearches').has(name))
      return faultOf(404, `Could not find object id=${name}`);
    const conf = app.local.get('savedsearches') ?? new Map<string, Map<string, string>>();
    app.local.set(
      'savedsearches',
      conf.set(
        name,
        new Map([...(conf.get(name) ?? []), ['disabled', how === 'disable' ? '1' : '0']]),
      ),
    );
    return { entries: [] };
  }

  const appEntry = (id: string, { about }: FakeApp) => ({
    name: id,
    acl: { app: 'system' },
    content: { disabled: false, configured: true, visible: true, ...Object.fromEntries(about) },
  });

  async function routeApps(
    method: string,
    id: string | undefined,
    isAcl: boolean,
    form: URLSearchParams,
  ): Promise<Outcome> {
    const about = [
      'label',
      'version',
      'author',
      'description',
      'visible',
      'configured',
      'check_for_updates',
    ];
    if (method === 'GET' && id === undefined)
      return { entries: [...apps].map(([name, app]) => appEntry(name, app)) };
    if (id === undefined)
      return form.get('filename') === '1'
        ? unpack(form)
        : createApp(form, [...about, 'name', 'template']);
    const app = apps.get(id);
    if (!app) return faultOf(404, `Could not find object id=${id}`);
    if (method === 'DELETE') {
      apps.delete(id);
      return { entries: [] };
    }
    const known = isAcl ? ['sharing', 'owner', 'perms.read', 'perms.write'] : about;
    for (const [name, value] of method === 'POST' ? form : []) {
      if (!known.includes(name))
        return faultOf(400, `Argument "${name}" is not supported by this handler.`);
      (isAcl ? app.acl : app.about).set(name, value);
    }
    return { entries: [appEntry(id, app)] };
  }

  function createApp(form: URLSearchParams, known: readonly string[]): Outcome {
    const name = form.get('name') ?? '';
    for (const key of form.keys())
      if (!known.includes(key))
        return faultOf(400, `Argument "${key}" is not supported by this handler.`);
    if (!/^[\w.-]+$/.test(name)) return faultOf(400, 'The app name is not valid');
    if (apps.has(name)) return faultOf(409, `App "${name}" already exists`);
    const about = new Map(
      [...form].filter(([key]) => !['name', 'template', 'visible'].includes(key)),
    );
    // the template has a navigation
    const nav = new Map([
      [
        'nav',
        new Map([
          ['default', new Map([['eai:data', '<nav><view name="search" default="true" /></nav>']])],
        ]),
      ],
    ]);
    apps.set(name, { shipped: nav, local: new Map(), lookups: new Map(), about, acl: new Map() });
    return { entries: [appEntry(name, apps.get(name) as FakeApp)], status: 201 };
  }

  async function unpack(form: URLSearchParams): Promise<Outcome> {
    for (const key of form.keys())
      if (!['name', 'filename', 'update', 'explicit_appname'].includes(key))
        return faultOf(400, `Argument "${key}" is not supported by this handler.`);
    const path = form.get('name') ?? '';
    if (!upload || !path.startsWith(`${upload.onServer}/`))
      return faultOf(
        400,
        `Error during app install: failed to extract app from ${path}: No such file or directory`,
      );
    const entries = await readTar(readFileSync(join(upload.folder, basename(path))));
    const id = entries[0]?.header.name.split('/')[0] ?? '';
    const before = apps.get(id);
    if (before && form.get('update') !== '1') return faultOf(409, `App "${id}" already exists`);
    const files = new Map(
      entries.map(({ header, text }) => [header.name.slice(id.length + 1), text]),
    );
    const conf = (name: string): Conf =>
      new Map(
        [...readConf(files.get(`default/${name}.conf`) ?? '').stanzas].map(([stanza, settings]) => [
          stanza,
          new Map(settings),
        ]),
      );
    const xml = (folder: string): Conf =>
      new Map(
        [...files]
          .filter(([name]) => name.startsWith(`default/data/ui/${folder}/`))
          .map(([name, text]) => [basename(name, '.xml'), new Map([['eai:data', text]])]),
      );
    const about = conf('app');
    apps.set(id, {
      shipped: new Map([
        ...['savedsearches', 'macros', 'transforms'].map((name): [string, Conf] => [
          name,
          conf(name),
        ]),
        ['views', xml('views')],
        ['nav', xml('nav')],
      ]),
      local: before?.local ?? new Map(),
      lookups: new Map([
        ...(before?.lookups ?? []),
        ...[...files]
          .filter(([name]) => name.startsWith('lookups/'))
          .map(([name, text]): [string, string] => [basename(name), text]),
      ]),
      about: new Map([
        ['label', about.get('ui')?.get('label') ?? ''],
        ['version', about.get('launcher')?.get('version') ?? ''],
        ['author', about.get('launcher')?.get('author') ?? ''],
        ['description', about.get('launcher')?.get('description') ?? ''],
      ]),
      acl: new Map(),
    });
    return { entries: [appEntry(id, apps.get(id) as FakeApp)], status: 201 };
  }

  return { apps, reloads, says, handle };
}

/** As a server with 16 cores answers. */
function limitsOf(path: string, says: FakeSplunk['says']['slots']): Outcome | undefined {
  const contents: Readonly<
    Record<string, readonly (readonly [string, Readonly<Record<string, string | number>>])[]>
  > = {
    '/services/server/status/limits/search-concurrency': [
      ['search-concurrency', { max_hist_scheduled_searches: 11, max_hist_searches: 22 }],
    ],
    '/services/search/concurrency-settings': [
      ['scheduler', { max_searches_perc: 75, auto_summary_perc: 50 }],
      ['search', { base_max_searches: 6, max_searches_per_cpu: 1, max_rt_search_multiplier: 1 }],
    ],
    '/services/server/info': [['server-info', { numberOfCores: 8, numberOfVirtualCores: 16 }]],
  };
  const found = contents[path];
  if (!found) return undefined;
  const refused = says === 'nothing' || (says === 'settings' && path.includes('/status/'));
  if (refused)
    return faultOf(403, 'You (user=admin) do not have permission to perform this operation');
  return { entries: found.map(([name, content]) => ({ name, acl: { app: '' }, content })) };
}

function fault({ query, body }: Request, status: number, message: string): Reply {
  const wantsJson = query.get('output_mode') === 'json' || body.includes('output_mode=json');
  if (wantsJson) return json(status, { messages: [{ type: 'ERROR', text: message }] });
  return {
    status,
    body: `<response><messages><msg type="ERROR">${message.replace(/[<&]/g, '?')}</msg></messages></response>`,
    type: 'text/xml',
  };
}
