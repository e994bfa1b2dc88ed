import { levels } from '../../sigma/rule/rule.ts';
import { codeCatalogue } from '../../source/code.ts';
import type { JsonSchema } from '../../source/schema.ts';
import { notificationSchema } from '../graylog/notification.ts';
import { settingsDefinitions } from '../settings/schema.ts';
import { enablePresets } from '../settings/selection.ts';
import { installsSchema } from './install-config.ts';
import { lintSchema } from './lint-config.ts';
import { defaultDefinitionsPerMinute, defaultSearchesPerMinute } from './load-budget.ts';
import { releaseSchema } from './release-config.ts';

const text = (description: string, more: JsonSchema = {}): JsonSchema => ({
  type: 'string',
  minLength: 1,
  pattern: '^[^\\p{Cc}]*$',
  description,
  ...more,
});
const list = (items: JsonSchema, description: string, more: JsonSchema = {}): JsonSchema => ({
  type: 'array',
  items,
  description,
  ...more,
});
const map = (
  properties: Readonly<Record<string, JsonSchema>>,
  description: string,
  more: JsonSchema = {},
): JsonSchema => ({
  type: 'object',
  description,
  additionalProperties: false,
  properties,
  ...more,
});
const level: JsonSchema = { $ref: '#/$defs/level' };
const status: JsonSchema = { $ref: '#/$defs/status' };
const settings = (description: string): JsonSchema => ({ $ref: '#/$defs/settings', description });
const match: JsonSchema = { $ref: '#/$defs/logsource' };
const tag = text('A tag as rules write it; a * at its end stands for any rest: attack.t1059*');
const ruleId = text('The id of a rule.');

/**
 * One key a code; what is missing from the output can't be made to look clean, so those codes stay
 * errors.
 */
const severities: JsonSchema = map(
  Object.fromEntries(
    Object.entries(codeCatalogue).map(([code, { title, fatal }]) => [
      code,
      fatal
        ? {
            const: 'error',
            description: `${title}. Stays an error${code === 'SIG005' ? '; .sigpackignore leaves out files that are no rules' : ''}.`,
          }
        : { $ref: '#/$defs/severity', description: title },
    ]),
  ),
  'Severity of each diagnostic code, see docs/diagnostics.md. Those stay errors whose rule, ' +
    'file or pack is missing from the output.',
);

const select = map(
  {
    levels: list(level, 'Only rules of these levels; a rule without a level counts as medium.'),
    minimumLevel: { ...level, description: 'Only rules of this level and above.' },
    statuses: list(status, 'Only rules of these statuses.'),
    tags: list(tag, 'Only rules with one of these tags.'),
    excludeTags: list(tag, 'No rule with one of these tags.'),
    logsources: list(
      match,
      'Only rules whose log source has one of these; a correlation needs one log source of ' +
        'its rules to fit.',
    ),
    ids: list(ruleId, 'Only rules with these ids.'),
    excludeIds: list(ruleId, 'No rule with one of these ids.'),
  },
  'Which of the rules go into the packs. All of the keys given must hold. Rules left out can ' +
    'still be referred to by correlations.',
);

const enableMap = map(
  {
    statuses: list(
      status,
      'Statuses whose detections are enabled; a rule without a status is not.',
      { default: ['stable', 'test'] },
    ),
    levels: list(
      level,
      'Levels whose detections are enabled; all where the key is missing. A rule without a ' +
        'level counts as medium.',
    ),
    tags: list(
      tag,
      'Tags of which an enabled detection has at least one; no matter where the key is missing.',
    ),
  },
  'Which detections are switched on when the packs are installed. `enabled` in settings ' +
    'overrides it.',
);

const enable: JsonSchema = {
  description:
    'Which detections are switched on when the packs are installed: a preset, or a map of ' +
    'what they must have. `enabled` in settings overrides it.',
  default: 'all-but-experimental',
  anyOf: [
    {
      type: 'string',
      enum: Object.keys(enablePresets),
      description:
        'nothing: none. high-and-stable: levels high and critical with the status stable. ' +
        'all-but-experimental: statuses stable and test.',
    },
    enableMap,
  ],
};

const indexes = list(
  map(
    {
      match,
      definition: text(
        'The macro’s search terms, as index=windows sourcetype=XmlWinEventLog; one line.',
        { examples: ['index=windows'] },
      ),
    },
    'Definition of the index macros of the log sources that match; the first entry that ' +
      'matches counts.',
    { required: ['match', 'definition'] },
  ),
  'Definitions of the index macros, one a log source. An admin can still override each macro ' +
    'in local/.',
);

const indexName = text('The name of an index; * stands for any rest.', {
  pattern: '^[A-Za-z0-9_*-]+$',
});

const splunk = map(
  {
    enterpriseSecurity: {
      type: 'boolean',
      default: false,
      description:
        'true where Splunk has Enterprise Security 7 or 8: detections make findings or add ' +
        'risk. false: they alert by Splunk’s own means, since a Splunk without Enterprise ' +
        'Security logs an error for each of its actions.',
    },
    index: {
      description:
        'The indexes that hold the events of all log sources, one or several; "*": all ' +
        'indexes. Added to the terms that pipelines give a log source.',
      anyOf: [indexName, list(indexName, 'Names of indexes.', { minItems: 1 })],
      examples: ['windows', ['windows', 'linux'], '*'],
    },
    indexes,
    searchesPerMinute: {
      type: 'integer',
      minimum: 1,
      default: defaultSearchesPerMinute,
      description:
        'Budget of enabled searches that start in one minute; overBudget says what becomes ' +
        'of more.',
    },
    cloudSafe: {
      type: 'boolean',
      default: true,
      description:
        'Respell, with the same meaning, what Splunk Cloud’s vetting refuses in a search (a ' +
        'literal rm -rf, dotted quads).',
    },
    correlation: {
      enum: ['streamstats', 'stats'],
      default: 'streamstats',
      description:
        'How correlations find their windows. streamstats: sliding windows, exact up to some ' +
        '10,000 events in one. stats: fixed windows, one after another, of any number of ' +
        'events.',
    },
    summaryIndex: text(
      'An index that keeps the results of alerts (action.summary_index), so that the app’s ' +
        'overview shows who and what they are about without Enterprise Security. It must ' +
        'exist. None where missing.',
      { pattern: '^(?!.*kvstore)[a-z0-9][a-z0-9_-]*$', maxLength: 80 },
    ),
  },
  'The Splunk app.',
);

const graylog = map(
  {
    matching: {
      enum: ['exact', 'case-insensitive'],
      default: 'case-insensitive',
      description:
        'Graylog’s string fields are case-sensitive and Sigma is not: case-insensitive ' +
        'spells values as regular expressions, exact is faster and misses PowerShell.EXE for ' +
        'powershell.exe.',
    },
    minimumServerVersion: text(
      'Oldest Graylog version that may install the pack, x.y or x.y.z, 5.2.0 or newer; keys ' +
        'that came later are left out.',
      {
        pattern:
          '^(?:5\\.(?:[2-9]|[1-9][0-9])|(?:[6-9]|[1-9][0-9])\\.[0-9]{1,2})(?:\\.[0-9]{1,2})?$',
        default: '6.0.0',
      },
    ),
    streams: {
      description:
        'Streams to search, for detections whose settings name none; all: all streams, on ' +
        'purpose. Empty: all streams, with a warning (PIP010).',
      anyOf: [
        { const: 'all', description: 'All streams.' },
        list(text('The title of an existing stream.'), 'Titles of streams.'),
      ],
      default: [],
    },
    streamParameter: text(
      'Name of a content pack parameter, asked for at installation, that holds the title of ' +
        'the stream to search; the one under `streams` is its default.',
      {
        pattern: '^[A-Za-z][A-Za-z0-9_]{0,63}$',
      },
    ),
    leadingWildcards: {
      type: 'boolean',
      default: false,
      description:
        'True where the server has allow_leading_wildcard_searches = true; otherwise queries ' +
        'use regular expressions there.',
    },
    keywordFields: list(
      text('A field name.'),
      'Fields in which the keywords of a rule (values without a field) are searched; empty: ' +
        'all fields, each of which counts as a clause of the query.',
      { default: [] },
    ),
    textFields: list(
      text('A field name.'),
      'Fields that the server analyses into lower-case words.',
      { default: ['message', 'full_message'] },
    ),
    ipFields: list(
      text('A field name.'),
      'Fields with the type ip in the index template, where CIDR searches work.',
      { default: [] },
    ),
    titlePrefix: text(
      'Put before the title of each event definition; {level} and {LEVEL} stand for its ' +
        'level: `[{LEVEL}] `.',
      {
        minLength: 0,
        maxLength: 40,
        default: '',
      },
    ),
    priority: map(
      Object.fromEntries(
        levels.map((name) => [
          name,
          {
            type: 'integer',
            minimum: 1,
            maximum: 4,
            description: `Priority of the level ${name}.`,
          },
        ]),
      ),
      'Priorities of event definitions by level: 1 low, 2 normal, 3 high, 4 critical ' +
        '(servers from 6.2 on).',
    ),
    notification: notificationSchema,
    dashboard: {
      type: 'boolean',
      default: true,
      description: 'A dashboard in the pack that shows what its event definitions raised.',
    },
    definitionsPerMinute: {
      type: 'integer',
      minimum: 1,
      default: defaultDefinitionsPerMinute,
      description:
        'Budget of enabled event definitions that run in a minute on average; overBudget ' +
        'says what becomes of more.',
    },
  },
  'The Graylog content pack.',
);

const duration = (description: string, more: JsonSchema = {}): JsonSchema => ({
  $ref: '#/$defs/duration',
  description,
  ...more,
});

/** The kinds of Watcher's schedules; what each takes is the server's to check. */
const schedule = map(
  Object.fromEntries(
    ['cron', 'interval', 'hourly', 'daily', 'weekly', 'monthly', 'yearly', 'timezone'].map(
      (kind) => [kind, { description: `Watcher’s ${kind}.` }],
    ),
  ),
  'A schedule of Watcher in place of interval, as { cron: 0 0/5 * * * ? }; interval must ' +
    'then cover the time between two runs.',
);

const besideEcs = ', beside those of ECS where the index has its types; an empty list: none.';

const elasticsearch = map(
  {
    matching: {
      enum: ['native', 'case-insensitive'],
      description:
        'native: the fields ignore case by themselves (a normalizer, analysed text) or case ' +
        'does not matter; case-insensitive spells letters as [aA] in regular expressions. ' +
        'Default: case-insensitive with the bundle elastic or an ecs- pipeline, else native.',
    },
    ecs: {
      type: 'boolean',
      description:
        'The index has the types and the letter case of the Elastic Common Schema; false: ' +
        'nothing but the lists here counts. Default: true with the bundle elastic or an ecs- ' +
        'pipeline.',
    },
    textFields: list(
      text('A field name.'),
      `Fields analysed into lower-case words (text, match_only_text)${besideEcs}`,
    ),
    ipFields: list(
      text('A field name.'),
      `Fields of the type ip, where CIDR searches work${besideEcs}`,
    ),
    booleanFields: list(text('A field name.'), `Fields of the type boolean${besideEcs}`),
    wildcardFields: list(
      text('A field name.'),
      'Fields of the type wildcard, which keep the case of letters also where the others ' +
        `ignore it${besideEcs}`,
    ),
    index: text(
      'Index pattern of watches and data view id of saved searches, several with commas.',
      { pattern: '^[^\\s\\p{Cc}]+$', default: 'logs-*' },
    ),
    timestampField: text('The field that holds the time of an event.', { default: '@timestamp' }),
    interval: duration(
      'Time between runs of a watch, 60s to 1d. Default: that of defaults, or 5m.',
    ),
    throttle: duration(
      'Time in which a watch acts once, 0 to 365d. Default: suppress.period of defaults, or 1h.',
    ),
    schedule,
    actions: {
      type: 'object',
      description:
        'Actions of Watcher by their ids, as its manual has them. Default: one that logs a line.',
      propertyNames: { pattern: '^\\S+$', description: 'The id of an action, without blanks.' },
      additionalProperties: {
        type: 'object',
        description: 'An action of Watcher, as { webhook: { ... } }.',
      },
    },
  },
  'Watches, saved searches and queries of Elasticsearch, for sigpack convert and sigpack docs.',
);

const grep = map(
  {
    lines: {
      enum: ['json', 'plain'],
      default: 'json',
      description:
        'json: an event a line as compact JSON, backslashes doubled and quotes escaped. ' +
        'plain: the text of an event as it is.',
    },
  },
  'The commands of grep.',
);

/** The JSON Schema of sigpack.yml; docs/sigpack.schema.json is this, written out. */
export const configSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'sigpack.yml',
  description:
    'Configuration of a Sigpack pack: which rules go in, and how they are installed and ' +
    'scheduled. See docs/configuration.md.',
  type: 'object',
  additionalProperties: false,
  properties: {
    id: text(
      'Id of the packs: the Splunk app’s folder name and the start of file names. A letter, ' +
        'then letters, digits and _. Never change it once published.',
      {
        pattern: '^[A-Za-z][A-Za-z0-9_]{1,79}$',
        default: 'sigpack',
      },
    ),
    title: text(
      'Title of the packs, 5 to 80 characters: AppInspect, which vets apps for Splunk, takes ' +
        'no others.',
      {
        minLength: 5,
        maxLength: 80,
        default: 'Sigpack detections',
      },
    ),
    namePrefix: text(
      'Put before the name of each detection, as `Sigma - `. Names that are published stay.',
      { minLength: 0, maxLength: 40, default: '' },
    ),
    version: text('Semantic version, x.y.z.', {
      pattern: '^(?:0|[1-9][0-9]{0,5})\\.(?:0|[1-9][0-9]{0,5})\\.(?:0|[1-9][0-9]{0,5})$',
      default: '1.0.0',
    }),
    description: {
      type: 'string',
      description: 'What the packs are for; may have several lines.',
      default: 'Detections compiled from Sigma rules.',
    },
    author: text('Author of the packs.', { default: 'Sigpack' }),
    vendor: text('Vendor shown by Graylog. Default: the author.'),
    url: {
      type: 'string',
      pattern: '^(?:https?://[^\\s\\p{Cc}"<>\\\\]+)?$',
      description: 'Home page of the packs, http or https.',
      default: '',
    },
    license: {
      type: 'string',
      pattern: '^[^\\p{Cc}]*$',
      description: 'Licence of the packs, an SPDX expression by habit.',
      default: '',
    },
    revision: {
      type: 'integer',
      minimum: 1,
      maximum: 2147483647,
      description: 'Graylog revision and Splunk build number: 1 and up, one more at each release.',
      default: 1,
    },
    rules: list(
      text('A folder, a file, a glob, or with ! before it what is left out.'),
      'Folders, files and globs of rules, relative to sigpack.yml.',
      {
        minItems: 1,
        default: ['rules'],
      },
    ),
    filters: list(
      text('A folder, a file, a glob, or with ! before it what is left out.'),
      'Folders, files and globs of Sigma filters, relative to sigpack.yml.',
      { default: [] },
    ),
    select,
    targets: list({ enum: ['splunk', 'graylog'], description: 'A target.' }, 'What to build.', {
      minItems: 1,
      default: ['splunk', 'graylog'],
    }),
    pipelines: {
      type: 'object',
      description:
        'Processing pipelines by target: names of built-in ones (`sigpack list pipelines`), ' +
        'files relative to sigpack.yml, or files of npm packages. They run in order of their ' +
        'priority. none: the events have the field names of Sigma.',
      examples: [
        { splunk: ['splunk'], graylog: ['graylog-windows-winlogbeat', 'pipelines/ours.yml'] },
      ],
      propertyNames: {
        pattern: '^[a-z0-9-]+$',
        description: 'The name of a target: `sigpack list targets` shows them.',
      },
      additionalProperties: {
        anyOf: [text('A pipeline.'), list(text('A pipeline.'), 'Pipelines.')],
      },
    },
    placeholders: {
      type: 'object',
      description: 'Values of the placeholders (%name% under the modifier expand) of rules.',
      propertyNames: { pattern: '^[^%\\s]+$', description: 'The name without the percent signs.' },
      additionalProperties: list(
        { type: ['string', 'number'], description: 'A value, * and ? are wildcards.' },
        'Values, linked with OR.',
        { minItems: 1 },
      ),
    },
    templates: text(
      'Folder with templates that override the built-in ones one by one, relative to sigpack.yml.',
    ),
    severities,
    failOn: {
      enum: ['error', 'warning', 'never'],
      description: 'Severity from which on the exit code says failure.',
      default: 'error',
    },
    lint: lintSchema,
    enable,
    overBudget: {
      enum: ['disable', 'warn', 'error'],
      default: 'disable',
      description:
        'What becomes of detections that searchesPerMinute or definitionsPerMinute has no ' +
        'room for: disable switches off those of the lowest level, warn and error leave all ' +
        'on and report PCK006.',
    },
    unmatchable: {
      enum: ['leave-out', 'disable'],
      default: 'leave-out',
      description:
        'What becomes of a rule that no event of a target’s product can fulfil, since the ' +
        'fields that it asks for are not there (PIP007), or that every event fulfils ' +
        '(PIP008): it is left out of that target, or built switched off.',
    },
    defaults: settings('Settings of every detection.'),
    levels: map(
      Object.fromEntries(
        levels.map((name) => [name, settings(`Settings of the detections with level ${name}.`)]),
      ),
      'Settings by the level of the rule (medium where it has none); they override defaults.',
    ),
    logsources: list(
      map(
        { match, settings: settings('Settings of the detections that match.') },
        'Settings of a log source.',
        { required: ['match', 'settings'] },
      ),
      'Settings by log source; they override levels, and later entries override earlier ones.',
    ),
    splunk,
    graylog,
    elasticsearch,
    grep,
    release: releaseSchema,
    installs: installsSchema,
  },
  $defs: { ...settingsDefinitions, severity: { enum: ['error', 'warning', 'info', 'off'] } },
};
