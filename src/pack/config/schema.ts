import { grepSchema } from '../../backend/grep/settings.ts';
import { levels } from '../../sigma/rule/rule.ts';
import { codeCatalogue } from '../../source/code/catalogue.ts';
import { keysOf, recordOf } from '../../source/record.ts';
import type { FromSchema } from '../../source/schema/from-schema.ts';
import type { JsonSchema } from '../../source/schema/json-schema.ts';
import { list, map, text } from '../../source/schema/schema-builder.ts';
import { settingsDefinitions } from '../settings/schema.ts';
import { elasticsearchSchema } from './elasticsearch-config.ts';
import { graylogSchema } from './graylog-config.ts';
import { installsSchema } from './install-config.ts';
import { lintSchema } from './lint-config.ts';
import { releaseSchema } from './release-config.ts';
import { enableSchema, selectSchema } from './selection-config.ts';
import { splunkSchema } from './splunk-config.ts';

const settings = (description: string) => ({ $ref: '#/$defs/settings', description }) as const;

/**
 * One key per code. What is missing from the output must not look clean, so those codes stay
 * errors.
 */
const severities = map(
  recordOf(keysOf(codeCatalogue), (code) => {
    const { title, fatal } = codeCatalogue[code];
    if (!fatal) return { $ref: '#/$defs/severity', description: title };
    const more = code === 'SIG005' ? '; .sigpackignore leaves out files that are not rules' : '';
    return { const: 'error', description: `${title}. Stays an error${more}.` };
  }),
  'Severity of each diagnostic code, see docs/diagnostics.md. Those stay errors whose rule, ' +
    'file or pack is missing from the output.',
);

/** The JSON Schema of sigpack.yml, published as docs/sigpack.schema.json. */
export const configSchema = {
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
    version: text('Semantic version of three numbers, such as 1.0.0.', {
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
    ruleUrl: {
      type: 'string',
      pattern: '^(?:https?://[^\\s\\p{Cc}"<>\\\\]*\\{path\\}[^\\s\\p{Cc}"<>\\\\]*)?$',
      description:
        'Address of the file of a rule, for links to it; `{path}` is its path from sigpack.yml.',
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
    select: selectSchema,
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
    enable: enableSchema,
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
      recordOf(levels, (name) => settings(`Settings of the detections with level ${name}.`)),
      'Settings by the level of the rule (medium where it has none); they override defaults.',
    ),
    logsources: list(
      map(
        {
          match: { $ref: '#/$defs/logsource' },
          settings: settings('Settings of the detections that match.'),
        },
        'Settings of a log source.',
        ['match', 'settings'],
      ),
      'Settings by log source; they override levels, and later entries override earlier ones.',
    ),
    splunk: splunkSchema,
    graylog: graylogSchema,
    elasticsearch: elasticsearchSchema,
    grep: grepSchema,
    pluginSettings: {
      type: 'object',
      description:
        'Settings of targets that --plugin loads, by the target; what each takes, the plugin says.',
      propertyNames: {
        pattern: '^[a-z][a-z0-9-]*$',
        description: 'The name of a target of a plugin.',
      },
    },
    release: releaseSchema,
    installs: installsSchema,
  },
  $defs: { ...settingsDefinitions, severity: { enum: ['error', 'warning', 'info', 'off'] } },
} as const satisfies JsonSchema;

/** What a sigpack.yml holds. */
export type ConfigFile = FromSchema<typeof configSchema>;
