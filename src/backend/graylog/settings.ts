import { list, map, text } from '../../source/schema/schema-builder.ts';

/**
 * What a Graylog server is like. {@link graylogDefaults} has the defaults.
 *
 * @example
 * import { graylogDefaults, type GraylogOptions } from 'sigpack';
 *
 * const options: GraylogOptions = { ...graylogDefaults, matching: 'exact' };
 * options.textFields; // => ['message', 'full_message']
 */
export interface GraylogOptions {
  /**
   * `search`: rules are queries. `ingest`: they are conditions of pipeline rules, which test each
   * message once, when it arrives. Default: search.
   */
  readonly mode?: 'search' | 'ingest';
  /**
   * Graylog stores text fields whole and with their case. `case-insensitive` spells letters as
   * `[aA]` in regular expressions, so that `PowerShell.EXE` is found for `powershell.exe` as Sigma
   * wants it; `exact` gives shorter, faster queries that miss other spellings.
   */
  readonly matching: 'exact' | 'case-insensitive';
  /** The server has `allow_leading_wildcard_searches = true`. */
  readonly leadingWildcards: boolean;
  /** Fields that the server analyses into lower-case words. */
  readonly textFields: readonly string[];
  /**
   * Fields that keywords are searched in; empty: all fields, which costs a clause for each of them.
   */
  readonly keywordFields: readonly string[];
  /** Fields mapped as `ip`, where an address block can be searched as it is. */
  readonly ipFields: readonly string[];
  /** Titles of the streams that are searched; empty or undefined: all. */
  readonly streams?: readonly string[];
  /** The parameter of the content pack that names the stream to search. */
  readonly streamParameter?: string;
}

/**
 * A Graylog server as it is installed: letter case is ignored, leading wildcards are not allowed.
 */
export const graylogDefaults: GraylogOptions = {
  matching: 'case-insensitive',
  leadingWildcards: false,
  textFields: ['message', 'full_message'],
  keywordFields: [],
  ipFields: [],
};

/** The part of these that sigpack.yml sets. */
export const graylogSchema = map(
  {
    mode: {
      enum: ['search', 'ingest'],
      default: 'search',
      description:
        'search: an event definition searches for each rule, over and over. ingest: pipelines ' +
        'test each message against all rules when it arrives, and a few event definitions ' +
        'raise alerts for what they found.',
    },
    matching: {
      enum: ['exact', 'case-insensitive'],
      default: graylogDefaults.matching,
      description:
        'Graylog’s string fields are case-sensitive and Sigma is not: case-insensitive ' +
        'spells values as regular expressions, exact is faster and misses PowerShell.EXE for ' +
        'powershell.exe.',
    },
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
      { default: graylogDefaults.textFields },
    ),
    ipFields: list(
      text('A field name.'),
      'Fields with the type ip in the index template, where CIDR searches work.',
      { default: [] },
    ),
  },
  'The Graylog content pack.',
);
