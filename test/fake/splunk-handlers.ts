import type { Entry } from './splunk-atom.ts';
import { type FakeApp, merged } from './splunk-state.ts';

export interface Context {
  readonly app: FakeApp;
  readonly appId: string;
  /** Of configs/conf-*. */
  readonly conf: string;
  readonly form: URLSearchParams;
}

export interface Done {
  readonly entries: readonly Entry[];
  readonly status?: number;
}
export type Outcome = Done | { readonly fault: number; readonly message: string };

/** An endpoint below servicesNS/nobody/<app>/. */
export interface Handler {
  /** Its second group is the entity. */
  readonly pattern: RegExp;
  readonly list: (context: Context) => Outcome;
  readonly find: (context: Context, name: string) => Outcome;
  readonly create: (context: Context) => Outcome;
  readonly update: (context: Context, name: string) => Outcome;
  readonly remove: (context: Context, name: string) => Outcome;
}

export const faultOf = (fault: number, message: string): Outcome => ({ fault, message });

interface Collection {
  readonly pattern: RegExp;
  readonly file: (context: Context) => string;
  /** Arguments that it takes; undefined: all. */
  readonly takes?: RegExp;
  readonly required?: readonly string[];
  /** From an argument to the setting in the conf file, and back. */
  readonly names?: Readonly<Record<string, string>>;
  readonly booleans?: RegExp;
  readonly problem?: (settings: URLSearchParams, context: Context) => string | undefined;
  /** Wanted by an update, too; splunk-sdk knows that of searches. */
  readonly always?: string;
  /** Of a file that nobody has made, a stanza can't be created. */
  readonly needsFile?: true;
}

const savedSearchArguments =
  /^(?:action\.[\w.]+|actions|alert\.[\w.]+|alert_(?:comparator|condition|threshold|type)|allow_skew|args\.\w+|auto_summarize[\w.]*|cron_schedule|description|disabled|dispatch\.\w+|display\.[\w.]+|displayview|is_(?:scheduled|visible)|max_concurrent|realtime_schedule|request\.ui_dispatch_(?:app|view)|run_on_startup|schedule_(?:priority|window)|search|workload_pool)$/;

function searchProblem(settings: URLSearchParams): string | undefined {
  const cron = settings.get('cron_schedule');
  if (cron !== null && cron.trim().split(/\s+/).length !== 5)
    return `Invalid cron_schedule="${cron}"`;
  const type = settings.get('alert_type');
  if (
    type !== null &&
    !['always', 'custom', 'number of events', 'number of hosts', 'number of sources'].includes(type)
  )
    return `Invalid alert_type="${type}"`;
  const comparator = settings.get('alert_comparator');
  if (
    comparator !== null &&
    !/^(?:greater than|less than|equal to|not equal to|drops by|rises by)$/.test(comparator)
  )
    return `Invalid alert_comparator="${comparator}"`;
  const severity = settings.get('alert.severity');
  if (severity !== null && !/^[1-6]$/.test(severity)) return `Invalid alert.severity="${severity}"`;
  if (settings.get('search') === '') return 'Cannot have an empty search';
  return undefined;
}

const isXml = (settings: URLSearchParams): string | undefined =>
  settings.get('eai:data')?.trimStart().startsWith('<') === true ? undefined : 'XML Syntax Error';

const collections: readonly Collection[] = [
  {
    pattern: /^(saved\/searches)(?:\/([^/]+))?$/,
    file: () => 'savedsearches',
    takes: savedSearchArguments,
    required: ['search'],
    names: {
      is_scheduled: 'enableSched',
      alert_type: 'counttype',
      alert_comparator: 'relation',
      alert_threshold: 'quantity',
    },
    booleans:
      /^(?:disabled|is_scheduled|is_visible|realtime_schedule|alert\.suppress|alert\.track|alert\.digest_mode|action\.\w+)$/,
    problem: searchProblem,
    always: 'search',
  },
  {
    pattern: /^configs\/conf-([\w-]+)(?:\/([^/]+))?$/,
    file: ({ conf }) => conf,
    booleans: /^(?:disabled|iseval)$/,
    needsFile: true,
  },
  {
    pattern: /^(data\/transforms\/lookups)(?:\/([^/]+))?$/,
    file: () => 'transforms',
    takes:
      /^(?:filename|collection|external_cmd|external_type|fields_list|case_sensitive_match|match_type|max_matches|min_matches|default_match|disabled)$/,
    booleans: /^(?:case_sensitive_match|disabled)$/,
    problem: (settings, { app }) => {
      const file = settings.get('filename');
      return file === null || app.lookups.has(file)
        ? undefined
        : `The lookup table '${file}' does not exist.`;
    },
  },
  {
    pattern: /^(data\/ui\/views)(?:\/([^/]+))?$/,
    file: () => 'views',
    takes: /^eai:data$/,
    required: ['eai:data'],
    problem: isXml,
  },
  {
    pattern: /^(data\/ui\/nav)(?:\/([^/]+))?$/,
    file: () => 'nav',
    takes: /^eai:data$/,
    required: ['eai:data'],
    problem: isXml,
  },
];

const knownFiles = new Set(['savedsearches', 'macros', 'transforms', 'app']);

function handlerOf({
  pattern,
  file,
  takes,
  required = [],
  names = {},
  booleans,
  problem,
  always,
  needsFile,
}: Collection): Handler {
  const shown = new Map(Object.entries(names).map(([argument, setting]) => [setting, argument]));
  const entryOf = (
    { appId }: Context,
    name: string,
    settings: ReadonlyMap<string, string>,
  ): Entry => {
    const values = [...settings].map(([key, value]): [string, unknown] => {
      const argument = shown.get(key) ?? key;
      return [
        argument,
        booleans?.test(argument) && /^(?:0|1|true|false)$/.test(value)
          ? value === '1' || value === 'true'
          : value,
      ];
    });
    return {
      name,
      acl: { app: appId, owner: 'nobody', sharing: 'app' },
      content: { disabled: false, 'eai:appName': appId, ...Object.fromEntries(values) },
    };
  };
  const write = (
    context: Context,
    name: string,
    form: Iterable<readonly [string, string]>,
  ): void => {
    const { app } = context;
    const conf = app.local.get(file(context)) ?? new Map<string, Map<string, string>>();
    app.local.set(file(context), conf);
    const settings = conf.get(name) ?? new Map<string, string>();
    conf.set(name, settings);
    for (const [key, value] of form) settings.set(names[key] ?? key, value);
  };
  const fault = (context: Context, form: URLSearchParams): Outcome | undefined => {
    for (const key of form.keys())
      if (takes && !takes.test(key))
        return faultOf(400, `Argument "${key}" is not supported by this handler.`);
    const wrong = problem?.(form, context);
    return wrong === undefined ? undefined : faultOf(400, wrong);
  };
  return {
    pattern,
    list: (context) => ({
      entries: [...merged(context.app, file(context))].map(([name, settings]) =>
        entryOf(context, name, settings),
      ),
    }),
    find(context, name) {
      const settings = merged(context.app, file(context)).get(name);
      return settings
        ? { entries: [entryOf(context, name, settings)] }
        : faultOf(404, `Could not find object id=${name}`);
    },
    create(context) {
      const form = new URLSearchParams(context.form);
      const name = form.get('name');
      form.delete('name');
      if (name === null || name === '')
        return faultOf(400, 'The following required arguments are missing: name.');
      const missing = required.filter((key) => !form.has(key));
      if (missing.length > 0)
        return faultOf(400, `The following required arguments are missing: ${missing.join(', ')}.`);
      if (needsFile && !knownFiles.has(context.conf) && !context.app.local.has(context.conf))
        return faultOf(404, `${context.conf} does not exist`);
      const wrong = fault(context, form);
      if (wrong) return wrong;
      if (merged(context.app, file(context)).has(name))
        return faultOf(409, `Unable to create saved object ${name}: it already exists`);
      write(context, name, form);
      return {
        entries: [
          entryOf(context, name, merged(context.app, file(context)).get(name) ?? new Map()),
        ],
        status: 201,
      };
    },
    update(context, name) {
      if (!merged(context.app, file(context)).has(name))
        return faultOf(404, `Could not find object id=${name}`);
      if (always !== undefined && !context.form.has(always))
        return faultOf(400, `The following required arguments are missing: ${always}.`);
      const wrong = fault(context, context.form);
      if (wrong) return wrong;
      write(context, name, context.form);
      return {
        entries: [
          entryOf(context, name, merged(context.app, file(context)).get(name) ?? new Map()),
        ],
      };
    },
    remove({ app, ...context }, name) {
      const conf = file({ app, ...context });
      if (!merged(app, conf).has(name)) return faultOf(404, `Could not find object id=${name}`);
      if (app.shipped.get(conf)?.has(name) && conf !== 'nav')
        return faultOf(400, 'Cannot remove an object that the app itself brings');
      app.local.get(conf)?.delete(name);
      app.shipped.get(conf)?.delete(name);
      return { entries: [] };
    },
  };
}

const none = (): Outcome => faultOf(405, 'Method Not Allowed');

const lookupFiles: Handler = {
  pattern: /^(data\/lookup-table-files)(?:\/([^/]+))?$/,
  list: ({ app, appId }) => ({
    entries: [...app.lookups.keys()].map((name) => ({
      name,
      acl: { app: appId },
      content: { 'eai:data': `/opt/splunk/etc/apps/${appId}/lookups/${name}` },
    })),
  }),
  find: none,
  create: () => faultOf(400, 'a lookup comes from a file on the server'),
  update: none,
  remove: ({ app }, name) =>
    app.lookups.delete(name) ? { entries: [] } : faultOf(404, `Could not find object id=${name}`),
};

/** Makes a conf file. */
const properties: Handler = {
  pattern: /^(properties)(?:\/([^/]+))?$/,
  list: none,
  find({ app, appId }, name) {
    const stanzas = merged(app, name);
    if (stanzas.size === 0 && !app.local.has(name)) return faultOf(404, `${name} does not exist`);
    return {
      entries: [...stanzas.keys()].map((stanza) => ({
        name: stanza,
        acl: { app: appId },
        content: {},
      })),
    };
  },
  create({ app, form }) {
    const name = form.get('__conf') ?? '';
    if ([...form.keys()].length !== 1 || !/^[\w-]+$/.test(name))
      return faultOf(400, 'one argument, __conf');
    if (!app.local.has(name)) app.local.set(name, new Map());
    return { entries: [], status: 201 };
  },
  update: none,
  remove: none,
};

/** Runs the one kind of search that writes a lookup. */
const jobs: Handler = {
  pattern: /^(search\/jobs)(?:\/([^/]+))?$/,
  list: none,
  find: none,
  create({ app, form }) {
    if (form.get('exec_mode') !== 'oneshot') return faultOf(400, 'only oneshot here');
    const search = form.get('search') ?? '';
    // only what can't be seen as anything else by the search language may stand in the data
    const found =
      /^\| makeresults format=json data="((?:[A-Za-z0-9 ._[\]{}:,-]|\\"|\\\\u[0-9a-f]{4})*)" \| table ((?:"\w+" ?)+) \| outputlookup (append=true )?"([\w.]+)"$/.exec(
        search,
      );
    if (!found) return faultOf(400, `Error in 'search': ${search.slice(0, 80)}`);
    const [, data = '', names = '', append, file = ''] = found;
    const columns = [...names.matchAll(/"(\w+)"/g)].map(([, name]) => name ?? '');
    const rows = JSON.parse(data.replace(/\\(["\\])/g, '$1')) as readonly Readonly<
      Record<string, string>
    >[];
    const cell = (value: string): string =>
      /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
    const lines = rows
      .map((row) => columns.map((column) => cell(row[column] ?? '')).join(','))
      .map((line) => `${line}\n`);
    app.lookups.set(
      file,
      append === undefined
        ? `${columns.join(',')}\n${lines.join('')}`
        : `${app.lookups.get(file) ?? ''}${lines.join('')}`,
    );
    return { entries: [] };
  },
  update: none,
  remove: none,
};

export const handlers: readonly Handler[] = [
  ...collections.map(handlerOf),
  lookupFiles,
  properties,
  jobs,
];

export function handled(
  handler: Handler,
  method: string,
  context: Context,
  name: string | undefined,
): Outcome {
  if (method === 'GET')
    return name === undefined ? handler.list(context) : handler.find(context, name);
  if (method === 'POST')
    return name === undefined ? handler.create(context) : handler.update(context, name);
  return method === 'DELETE' && name !== undefined ? handler.remove(context, name) : none();
}
