import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { createServerTexts, withoutSecrets } from '../src/install/server/server-text.ts';
import { cpuMilliseconds } from './cpu-time.ts';
import { createFakeGraylog } from './fake/graylog.ts';
import { json, type Reply, type Request, startServer } from './fake/server.ts';
import { createFakeSplunk } from './fake/splunk.ts';
import { createFakeWatcher } from './fake/watcher.ts';
import {
  createLab,
  firstRules,
  type Lab,
  removeLabs,
  secondRules,
  watchBody,
} from './install-lab.ts';
import { thorough } from './thoroughness.ts';

afterAll(removeLabs);

const secret = `s3+cr/et&"<T0K>'=%~`;
const password = `pa ss/w+rd&"<>'=%`;
process.env.ECHO_SECRET = secret;
process.env.ECHO_PASSWORD = password;
const control = '\u001b]0;PWNED\u0007\u202e';

const htmlOf = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
const formOf = (text: string): string => new URLSearchParams([['', text]]).toString().slice(1);

/** What a request brought, in all forms in which a server or a proxy before it may write it. */
function echoOf({ headers, body }: Request): string {
  const login = headers.authorization ?? '';
  const decoded = Buffer.from(login.replace(/^\S+ /, ''), 'base64').toString('utf8');
  const text = body.toString('utf8').slice(0, 500);
  const ofForm = [...new URLSearchParams(text).values()].filter((value) => value.length < 100);
  const texts = [
    login,
    login.replace(/^\S+ /, ''),
    decoded,
    ...decoded.split(':'),
    ...ofForm,
    text,
  ];
  return [
    control,
    ...texts.flatMap((one) => [
      one,
      encodeURIComponent(one),
      formOf(one),
      Buffer.from(one).toString('base64'),
      htmlOf(one),
    ]),
  ].join(' | ');
}

/** Everything that must be in no output. */
function formsOf(...secrets: readonly string[]): readonly string[] {
  return secrets.flatMap((text) => [
    text,
    encodeURIComponent(text),
    formOf(text),
    Buffer.from(text).toString('base64'),
    JSON.stringify(text).slice(1, -1),
    htmlOf(text),
  ]);
}
const session = 'fake-session-key-0123456789';
const forbidden = [
  ...formsOf(
    secret,
    password,
    session,
    `${secret}:token`,
    `jane:${secret}`,
    `jane:${password}`,
    `Bearer ${secret}`,
    `ApiKey ${secret}`,
  ),
  '\u001b',
  '\u0007',
  '\u202e',
];

const refuse = (request: Request): readonly Reply[] => {
  const text = echoOf(request);
  return [
    { status: 400, body: `<html><h1>Blocked</h1><pre>${text}</pre></html>`, type: 'text/html' },
    json(403, { message: text, error: { reason: text } }),
    json(400, { messages: [{ type: 'ERROR', text }], error: text, code: text }),
  ];
};

/** Keys whose values a server may change as it likes and stay a server. */
const freeKeys = new Set([
  'title',
  'description',
  'search',
  'definition',
  'label',
  'author',
  'text',
  'msg',
]);

/** The answer with what was sent in all its texts. */
function infected(reply: Reply, request: Request): Reply {
  const text = echoOf(request);
  const change = (value: unknown, key: string): unknown => {
    if (typeof value === 'string') return freeKeys.has(key) ? `${value} ${text}` : value;
    if (Array.isArray(value)) return value.map((one: unknown) => change(one, key));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [name, change(inner, name)]),
    );
  };
  return { ...reply, body: JSON.stringify(change(JSON.parse(reply.body || '{}'), '')) };
}

interface World {
  readonly place: (url: string) => string;
  readonly create: () => (request: Request) => Reply | Promise<Reply>;
  readonly artifact: (lab: Lab, folder: string) => string;
}

const watchesOf = (lab: Lab): string => {
  const body = watchBody('x', 'One');
  writeFileSync(
    lab.at('watches.ndjson'),
    ['a', 'b'].map((id) => `${JSON.stringify({ id, body })}\n`).join(''),
  );
  return lab.at('watches.ndjson');
};
const basic = (login: string): string => `Basic ${Buffer.from(login).toString('base64')}`;
const ofServer =
  (kind: string, more = '') =>
  (url: string) =>
    `{ kind: ${kind}, url: '${url}', secretEnv: ECHO_SECRET, retries: 0${more} }`;

const cloud = (): ((request: Request) => Reply) => (request) => {
  const { method, path } = request;
  const text = echoOf(request);
  if (path === '/2.0/rest/login/splunk') return json(200, { data: { token: session } });
  if (path === '/v1/app/validate') return json(200, { request_id: 'r1' });
  if (path.includes('/status/')) return json(200, { status: 'SUCCESS' });
  if (path.includes('/report/')) {
    const checks = [{ name: text, result: 'failure', messages: [{ message: text }] }];
    return json(200, { summary: { failure: 1 }, reports: [{ groups: [{ checks }] }] });
  }
  return method === 'GET' ? json(404, { message: text }) : json(400, { message: text });
};

const worlds: readonly (readonly [string, World])[] = [
  [
    'Splunk, with a token',
    {
      place: ofServer('splunk'),
      create: () => {
        const { handle } = createFakeSplunk({ user: 'jane', password: secret, token: secret });
        return handle;
      },
      artifact: (_, folder) => folder,
    },
  ],
  [
    'Splunk, with a user',
    {
      place: ofServer('splunk', ', user: jane'),
      create: () => {
        const { handle } = createFakeSplunk({ user: 'jane', password: secret, token: 'none' });
        return handle;
      },
      artifact: (_, folder) => folder,
    },
  ],
  [
    'Graylog, with a token',
    {
      place: (url) => ofServer('graylog')(`${url}/api`),
      create: () => createFakeGraylog(basic(`${secret}:token`)).handle,
      artifact: (_, folder) => folder,
    },
  ],
  [
    'Graylog, with a user',
    {
      place: (url) => ofServer('graylog', ', user: jane')(`${url}/api`),
      create: () => createFakeGraylog(basic(`jane:${secret}`)).handle,
      artifact: (_, folder) => folder,
    },
  ],
  [
    'Elasticsearch, with a key',
    {
      place: ofServer('elasticsearch'),
      create: () => createFakeWatcher(`ApiKey ${secret}`).handle,
      artifact: (lab) => watchesOf(lab),
    },
  ],
  [
    'Elasticsearch, with a user',
    {
      place: ofServer('elasticsearch', ', user: jane'),
      create: () => createFakeWatcher(basic(`jane:${secret}`)).handle,
      artifact: (lab) => watchesOf(lab),
    },
  ],
  [
    'Splunk Cloud',
    {
      place: (url) =>
        `{ kind: splunk-cloud, stack: acme, user: jane, passwordEnv: ECHO_PASSWORD, secretEnv: ECHO_SECRET, retries: 0, url: '${url}', loginUrl: '${url}', appInspectUrl: '${url}' }`,
      create: cloud,
      artifact: (_, folder) => folder,
    },
  ],
];

describe.each(worlds)('%s', (_, { place, create, artifact }) => {
  /** Calls every command and returns all that came out of it, files included. */
  async function outputs(
    lab: Lab,
    [first, second]: readonly [string, string],
    format: 'text' | 'json',
  ): Promise<string> {
    const said = [
      await lab.install(first, { format, verbose: true }),
      await lab.install(second, { plan: lab.at('plan.json'), format }),
      await lab.install(second, { format, drift: 'overwrite' }),
      await lab.status(format),
      await lab.rollback({ format }),
      await lab.uninstall(),
    ];
    const plan = existsSync(lab.at('plan.json')) ? readFileSync(lab.at('plan.json'), 'utf8') : '';
    return [...said.map(({ code, out }) => `${code} ${out}`), plan].join('\n');
  }

  function look(text: string, where: string): void {
    for (const form of forbidden)
      expect(
        text.includes(form),
        `${where}: ${JSON.stringify(form)} in ${text.slice(0, 3000)}`,
      ).toBe(false);
    // escaped by JSON it would still be read by others
    for (const form of forbidden.filter((one) => one.length > 2))
      expect(text.includes(JSON.stringify(form).slice(1, -1)), `${where}: ${form} as JSON`).toBe(
        false,
      );
  }

  test('whatever the server repeats of what it was sent, no output has a secret', async () => {
    let handle = create();
    let respond: (request: Request, reply: () => Reply | Promise<Reply>) => Reply | Promise<Reply> =
      (__, reply) => reply();
    const server = await startServer((request) => respond(request, () => handle(request)));
    const lab = createLab(place(server.url));
    const versions = [
      artifact(lab, await lab.build('1.0.0', 1, firstRules.slice(0, 1))),
      artifact(lab, await lab.build('1.1.0', 2, secondRules.slice(1))),
    ] as const;
    await outputs(lab, versions, 'text');
    const total = server.requests.length;
    let told = 0;
    // from each of some requests on all are refused, in one of three forms
    for (let n = 0; n < total; n += Math.ceil(total / (thorough ? 40 : 6))) {
      handle = create();
      let count = 0;
      respond = (request, reply) => (count++ >= n ? (refuse(request)[n % 3] as Reply) : reply());
      const text = await outputs(lab, versions, n % 2 === 0 ? 'text' : 'json');
      look(text, `request ${n}`);
      told += text.includes('***') ? 1 : 0;
    }
    expect(told).toBeGreaterThan(total > 10 ? 2 : 0);
    // and all objects of the server are full of it
    for (const format of ['text', 'json'] as const) {
      handle = create();
      respond = (__, reply) => reply();
      await lab.install(versions[0]);
      respond = async (request, reply) => infected(await reply(), request);
      look(await outputs(lab, versions, format), 'in the objects');
    }
    await server.close();
  });
});

describe('an error of wrong use', () => {
  const mark = { pack: 'acme', version: `v ${secret}`, digest: 'd', written: '' };
  const version = {
    name: 'acme',
    acl: { app: 'acme' },
    content: { version: `9 ${encodeURIComponent(secret)}` },
  };
  const splunk = (path: string): Reply =>
    json(200, { entry: path === '/services/apps/local' ? [version] : [] });
  const watcher = (): Reply =>
    json(200, { count: 1, watches: [{ _id: 'a', watch: { metadata: { sigpack: mark } } }] });
  test.each<
    [
      string,
      string,
      (path: string) => Reply,
      (lab: Lab, artifact: string) => ReturnType<Lab['rollback']>,
      RegExp,
    ]
  >([
    [
      'install of Splunk',
      'splunk',
      splunk,
      (lab, artifact) => lab.install(artifact),
      /an app acme 9 \*\*\* is there/,
    ],
    [
      'uninstall of Splunk',
      'splunk',
      splunk,
      (lab) => lab.uninstall(),
      /an app acme 9 \*\*\* is there/,
    ],
    [
      'rollback of watches',
      'elasticsearch',
      watcher,
      (lab) => lab.rollback(),
      /no version before v \*\*\* to go back/,
    ],
  ])(
    'has no secret that the server put into a version: %s',
    async (_, kind, reply, run, message) => {
      const server = await startServer(({ path }) => reply(path));
      const lab = createLab(ofServer(kind)(server.url));
      const { code, out } = await run(lab, await lab.build('1.0.0', 1, firstRules.slice(0, 1)));
      await server.close();
      for (const form of forbidden) expect(`${code} ${out}`).not.toContain(form);
      expect(`${code} ${out}`).toMatch(message);
    },
  );
});

describe('the texts of a server', () => {
  test('are redacted in an error of any class, and in its stack', () => {
    const texts = createServerTexts();
    texts.keep('0123456789');
    const error = withoutSecrets(new TypeError('no 0123456789\nnor 0123456789'), texts);
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toBe('no ***\nnor ***');
    expect(error.stack).toMatch(/^TypeError: no \*\*\*\nnor \*\*\*\n +at /);
  });

  test('are cut where they are long, and a cut through a secret shows nothing of it', () => {
    const texts = createServerTexts();
    texts.keep('0123456789');
    expect(texts.shown(`${'x'.repeat(295)}0123456789${'y'.repeat(100_000)}`)).toBe(
      `${'x'.repeat(295)}***yy...`,
    );
    expect(texts.shown('a\u001b[2Jb\u202ec')).toBe('a␛[2Jb\\u{202e}c');
  });

  test('are looked at up to a bound, and a cut there shows nothing of a secret', () => {
    const texts = createServerTexts();
    const long = Array.from({ length: 3001 }, (_, at) => String.fromCharCode(97 + (at % 23)));
    texts.keep(long.join(''));
    expect(texts.shown(long.join('').repeat(1000))).not.toMatch(/[a-w]/);
    const start = cpuMilliseconds();
    const entities = long.map((one) => `&#${one.charCodeAt(0)};`).join('');
    texts.shown('\\u0041'.repeat(1_000_000) + entities);
    expect(cpuMilliseconds() - start).toBeLessThan(700);
  });

  const units = (text: string, write: (unit: number) => string): string =>
    text
      .split('')
      .map((one) => write(one.charCodeAt(0)))
      .join('');
  test.each<[string, (text: string) => string]>([
    ['decimal entities', (text) => units(text, (unit) => `&#${unit};`)],
    ['hexadecimal entities', (text) => units(text, (unit) => `&#x${unit.toString(16)};`)],
    [
      'escapes of JSON',
      (text) => units(text, (unit) => `\\u${unit.toString(16).padStart(4, '0')}`),
    ],
    [
      'escapes of JSON in JSON',
      (text) => units(text, (unit) => `\\\\u${unit.toString(16).padStart(4, '0')}`),
    ],
    [
      'the escapes of Gson',
      (text) => text.replace(/[<>&='"]/g, (one) => `\\u00${one.charCodeAt(0).toString(16)}`),
    ],
    ['hexadecimal capitals', (text) => Buffer.from(text).toString('hex').toUpperCase()],
    ['two URL encodings', (text) => encodeURIComponent(encodeURIComponent(text))],
    [
      'an entity in a URL encoding',
      (text) => encodeURIComponent(units(text, (unit) => `&#${unit};`)),
    ],
    [
      'every character as %XX',
      (text) => units(text, (unit) => `%${unit.toString(16).padStart(2, '0')}`),
    ],
    ['NUL between letters', (text) => text.split('').join('\0')],
    [
      'tags and line breaks in it',
      (text) => `${text.slice(0, 4)}<wbr>${text.slice(4, 9)}\r\n${text.slice(9)}`,
    ],
  ])('have no secret in %s', (_, write) => {
    const texts = createServerTexts();
    texts.keep(secret);
    expect(texts.redacted(`a &amp; b ${write(secret)} c %20 ${write(secret)}`)).toBe(
      'a &amp; b *** c %20 ***',
    );
    expect(texts.redacted(`a ${write(secret.slice(0, -1))}`)).toBe(
      `a ${write(secret.slice(0, -1))}`,
    );
  });

  test('have the longer secret taken out before the one that it begins with', () => {
    const texts = createServerTexts();
    texts.keep('token');
    texts.keep('token-longer');
    expect(texts.redacted('x token-longer y token z')).toBe('x *** y *** z');
  });
});
