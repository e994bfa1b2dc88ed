import type { JsonSchema } from '../../source/schema/json-schema.ts';
import { map, type Properties, text } from '../../source/schema/schema-builder.ts';

/**
 * A place under `installs:` of sigpack.yml. Paths are as written: relative to the folder of the
 * file.
 */
export type InstallConfig =
  | SplunkDiskConfig
  | SplunkConfig
  | SplunkCloudConfig
  | GraylogServerConfig
  | ElasticsearchConfig;

export type OnDrift = 'keep' | 'overwrite';

interface Common {
  /** What happens to objects that were changed in place. */
  readonly onDrift?: OnDrift;
  /** PEM of the key that artifacts have to be signed with. */
  readonly publicKey?: string;
}

export interface ServerConfig extends Common {
  readonly url: string;
  /** PEM of the authority that signed the server's certificate. */
  readonly caFile?: string;
  /** With a user, the secret is a password; without one, a token. */
  readonly user?: string;
  /** Name of the environment variable that holds the secret. */
  readonly secretEnv?: string;
  /** A file with mode 600 that holds the secret. */
  readonly secretFile?: string;
  /** Seconds without a byte of an answer. */
  readonly timeout?: number;
  /** Number of parallel requests. */
  readonly concurrency?: number;
  /** Number of retries. */
  readonly retries?: number;
}

export interface SplunkDiskConfig extends Common {
  readonly kind: 'splunk-disk';
  /** Splunk's home, or a folder shared with it. */
  readonly home: string;
  readonly place?: SplunkPlace;
}

export type SplunkPlace = 'apps' | 'shcluster' | 'deployment-apps';

export interface SplunkConfig extends ServerConfig {
  readonly kind: 'splunk';
  /**
   * A folder that the server can read the app from: the app is uploaded as a file. Without it,
   * searches, macros, lookups and views are written one by one.
   */
  readonly upload?: { readonly folder: string; readonly onServer: string };
}

export interface SplunkCloudConfig extends Common {
  readonly kind: 'splunk-cloud';
  readonly stack: string;
  readonly experience?: 'victoria' | 'classic';
  /** A user of splunk.com, for AppInspect. */
  readonly user: string;
  readonly passwordEnv?: string;
  readonly passwordFile?: string;
  /** A token of the stack, for the Admin Config Service. */
  readonly secretEnv?: string;
  readonly secretFile?: string;
  readonly caFile?: string;
  readonly timeout?: number;
  readonly retries?: number;
  /** Addresses of the services, if they are not Splunk's own. */
  readonly loginUrl?: string;
  readonly appInspectUrl?: string;
  readonly url?: string;
}

export interface GraylogServerConfig extends ServerConfig {
  readonly kind: 'graylog';
  /** Values of the parameters of the content pack, or where they are. */
  readonly parameters?: Readonly<Record<string, ParameterValue>>;
}

/** A secret value is in an environment variable, or in a file with mode 600. */
export type ParameterValue = string | { readonly env: string } | { readonly file: string };

export interface ElasticsearchConfig extends ServerConfig {
  readonly kind: 'elasticsearch';
}

const address = (description: string) =>
  text(description, { pattern: '^https?://[^\\s\\p{Cc}@?#]+$' });
const variable = (description: string) =>
  text(description, { pattern: '^[A-Za-z_][A-Za-z0-9_]*$' });
const common = {
  onDrift: {
    enum: ['keep', 'overwrite'],
    default: 'keep',
    description: 'What becomes of objects that someone changed in place.',
  },
  publicKey: text(
    'PEM file with the public key that each artifact has to be signed with, relative to ' +
      'sigpack.yml. Without it no signature is asked for.',
  ),
} as const satisfies Properties;
const secret = {
  secretEnv: variable(
    'Environment variable that holds the secret. Default: SIGPACK_SECRET_ and the name of ' +
      'the place in capitals.',
  ),
  secretFile: text('File with mode 600 that holds the secret, relative to sigpack.yml.'),
} as const satisfies Properties;
const connection = {
  caFile: text(
    'PEM file with the authority that signed the server’s certificate, relative to sigpack.yml.',
  ),
  timeout: {
    type: 'integer',
    minimum: 1,
    maximum: 3600,
    default: 60,
    description: 'Seconds to wait for a byte of an answer; four times as many for all of it.',
  },
  retries: {
    type: 'integer',
    minimum: 0,
    maximum: 20,
    default: 4,
    description: 'Tries after a failure that may pass.',
  },
} as const satisfies Properties;
const server = {
  ...common,
  url: address('Address of the REST interface.'),
  user: text('User; the secret is then a password, else a token.'),
  ...secret,
  ...connection,
  concurrency: {
    type: 'integer',
    minimum: 1,
    maximum: 32,
    default: 4,
    description: 'Requests side by side.',
  },
} as const satisfies Properties;
const place = <
  const Kind extends InstallConfig['kind'],
  const Of extends Properties,
  const Required extends keyof Of & string,
>(
  kind: Kind,
  description: string,
  properties: Of,
  required: readonly Required[],
) => map({ kind: { const: kind }, ...properties }, description, ['kind', ...required]);

const upload = map(
  {
    folder: text('The folder as it is called here, relative to sigpack.yml.'),
    onServer: text('The same folder as the server calls it.'),
  },
  'A folder that the server reads the app from. Without it searches, macros, lookups and views ' +
    'are written one by one.',
  ['folder', 'onServer'],
);

const whereSecretIs = 'Where a secret value is.';
const parameters = {
  type: 'object',
  description:
    'Values of the content pack’s parameters. An address with a token in it: { env: NAME } or ' +
    '{ file: PATH }.',
  additionalProperties: {
    anyOf: [
      { type: 'string', description: 'The value.' },
      map({ env: variable('Environment variable that holds the value.') }, whereSecretIs, ['env']),
      map(
        { file: text('File with mode 600 that holds the value, relative to sigpack.yml.') },
        whereSecretIs,
        ['file'],
      ),
    ],
  },
} as const satisfies JsonSchema;

const places = [
  place(
    'splunk-disk',
    'A Splunk home on disk or over a shared folder.',
    {
      ...common,
      home: text('Splunk’s home, relative to sigpack.yml.'),
      place: {
        enum: ['apps', 'shcluster', 'deployment-apps'],
        default: 'apps',
        description: 'Which folder of apps: etc/apps, etc/shcluster/apps, etc/deployment-apps.',
      },
    },
    ['home'],
  ),
  place('splunk', 'A Splunk server, by its management interface.', { ...server, upload }, ['url']),
  place(
    'splunk-cloud',
    'A stack of Splunk Cloud, by AppInspect and the Admin Config Service.',
    {
      ...common,
      stack: text('Name of the stack.', { pattern: '^[a-z0-9-]+$' }),
      experience: {
        enum: ['victoria', 'classic'],
        default: 'victoria',
        description: 'Experience of the stack; Splunk Web says it under About.',
      },
      user: text('User of splunk.com for AppInspect.'),
      passwordEnv: variable(
        'Environment variable with the password of that user. Default: SIGPACK_PASSWORD_ and ' +
          'the name of the place in capitals.',
      ),
      passwordFile: text('File with mode 600 that holds that password, relative to sigpack.yml.'),
      ...secret,
      ...connection,
      loginUrl: address('Of the login, where it is not https://api.splunk.com.'),
      appInspectUrl: address('Of AppInspect, where it is not https://appinspect.splunk.com.'),
      url: address('Of the Admin Config Service, where it is not https://admin.splunk.com.'),
    },
    ['stack', 'user'],
  ),
  place('graylog', 'A Graylog server.', { ...server, parameters }, ['url']),
  place('elasticsearch', 'An Elasticsearch server with Watcher.', server, ['url']),
] as const satisfies readonly JsonSchema[];

export const installsSchema = {
  type: 'object',
  description: 'Where sigpack install brings packs, by name. Secrets never stand here.',
  propertyNames: {
    pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$',
    description: 'The name of a place: letters, digits, _ and -.',
  },
  additionalProperties: { oneOf: places },
} as const satisfies JsonSchema;
