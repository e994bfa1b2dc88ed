interface CodeEntry {
  readonly title: string;
  /** `off`: a check of `sigpack check` that a preset or the configuration switches on. */
  readonly severity: 'error' | 'warning' | 'info' | 'off';
  /** True: what it reports is missing from the output, so its severity can't be lowered. */
  readonly fatal: boolean;
  /** The default hint. */
  readonly hint: string;
}

const fatal = (title: string, hint: string): CodeEntry => ({
  title,
  severity: 'error',
  fatal: true,
  hint,
});
const warning = (title: string, hint: string): CodeEntry => ({
  title,
  severity: 'warning',
  fatal: false,
  hint,
});
const info = (title: string, hint: string): CodeEntry => ({
  title,
  severity: 'info',
  fatal: false,
  hint,
});
const off = (title: string, hint: string): CodeEntry => ({
  title,
  severity: 'off',
  fatal: false,
  hint,
});

/**
 * Every diagnostic code, its default severity and hint. `docs/diagnostics.md` is written from this
 * table.
 */
export const codeCatalogue = {
  SIG001: fatal(
    'file cannot be read',
    'Check that the path exists and that this user may read it.',
  ),
  SIG002: fatal('invalid YAML', 'Fix the YAML at the marked place.'),
  SIG003: fatal(
    'duplicate YAML key',
    'Keep one of the keys; a list under one key holds several values.',
  ),
  SIG004: fatal(
    'document is too large or too deep',
    'Split the file; aliases that multiply are refused.',
  ),
  SIG005: fatal(
    'not a Sigma document',
    'A Sigma document is a map with detection, correlation or filter in it.',
  ),
  SIG006: warning(
    'scalar that YAML 1.1 and 1.2 read differently',
    'Quote the value so that every tool reads the same.',
  ),
  SIG010: fatal('required attribute is missing', 'Add the attribute.'),
  SIG011: fatal(
    'attribute has the wrong type',
    'Give the attribute the type that the specification names.',
  ),
  SIG012: warning(
    'optional attribute is not as specified',
    'See the Sigma rules specification for the allowed values.',
  ),
  SIG013: fatal(
    'detection has no search identifier',
    'Add at least one selection beside the condition.',
  ),
  SIG014: fatal(
    'value has the wrong type',
    'Use a string, number, boolean or null, or a list of them.',
  ),
  SIG015: fatal('empty selection', 'Give the selection at least one field or keyword.'),
  SIG016: warning(
    'unknown attribute',
    'Custom attributes are allowed; check the spelling if this one is meant to be known.',
  ),
  SIG017: info(
    'spelling that is read as another',
    'Write it as Sigma spells it: other tools may not read it.',
  ),
  SIG018: warning(
    'character that is taken for another',
    'Type the character anew: it looks like another, or like nothing.',
  ),
  SIG020: fatal('unknown modifier', 'See the table of modifiers in docs/sigma.md.'),
  SIG021: fatal('modifiers do not go together', 'Remove one of the modifiers.'),
  SIG022: fatal('value does not fit the modifier', 'Change the value or the modifier.'),
  SIG023: fatal(
    'invalid regular expression',
    'Fix the pattern; look-around and back-references are outside the specification.',
  ),
  SIG024: fatal(
    'placeholder without a value',
    'Give the placeholder a value under placeholders: in sigpack.yml.',
  ),
  SIG025: warning('`all` on a single value', 'Drop `all`, or give the list more values.'),
  SIG026: warning(
    'network without `cidr`',
    'Write `cidr` for the addresses of the network: `field|cidr: 10.0.0.0/8`.',
  ),
  SIG027: warning('`expand` without a placeholder', 'Write `%name%`, or remove `expand`.'),
  SIG028: warning(
    'whole values that hardly an event has',
    'Add `contains`, or put wildcards around the values.',
  ),
  SIG029: warning(
    'empty entry among values',
    'Remove the entry, or write `null` where events without the field are meant.',
  ),
  SIG030: fatal(
    'condition cannot be read',
    'Conditions are made of and, or, not, parentheses and `1 of`/`all of`.',
  ),
  SIG031: fatal('condition names a missing selection', 'Define the selection or correct the name.'),
  SIG032: warning(
    'selection is never used',
    'Use it in the condition or start its name with an underscore.',
  ),
  SIG033: fatal('aggregation in a condition', 'Write a correlation rule instead.'),
  SIG034: warning(
    '`timeframe` without an aggregation',
    'Remove `timeframe`, or write a correlation rule with `timespan`.',
  ),
  SIG040: warning(
    'two rules with one id',
    'Give each rule an id of its own (a random UUID), or remove the one that is not meant.',
  ),
  SIG041: fatal(
    'reference to a name of several rules',
    'Refer to the rule by its id, or give it a name that no other has.',
  ),
  SIG042: info(
    'rule has no id',
    'Add a random UUID as id, so that its names in packs never change.',
  ),
  SIG043: info(
    'copy of a rule',
    'Nothing to do: one of them is in the output. Remove the others, or leave their folder out.',
  ),
  SIG044: info(
    'rules with one name',
    'Nothing to do, unless a correlation or filter of another file refers to the name.',
  ),
  SIG050: fatal('invalid correlation', 'See the Sigma correlation rules specification.'),
  SIG051: fatal(
    'referenced rule does not exist',
    'Load the file that defines the rule, or correct the name.',
  ),
  SIG052: fatal('correlation refers to itself', 'Break the cycle.'),
  SIG053: fatal('referenced rule could not be compiled', 'Fix the errors of that rule first.'),
  SIG060: fatal('invalid filter', 'See the Sigma filters specification.'),
  SIG061: warning('filter applies to no rule', 'Check the ids or names under filter.rules.'),
  SIG070: fatal(
    'invalid sigpack settings',
    'See docs/configuration.md for the settings of a rule.',
  ),
  SIG071: info(
    'file is no rule',
    'Nothing to do; list the file in `.sigpackignore` to leave it out without a note.',
  ),
  SIG072: info(
    'rule collection of Sigma 1',
    'Write each rule out: Sigma 2 has no `action`, and other tools read each document by itself.',
  ),
  SIG073: info(
    'link to a folder',
    'Nothing to do; list the link in `.sigpackignore` to leave it out.',
  ),
  SIG074: info('files are left out by a pattern', 'Nothing to do where the files are meant.'),
  TGT001: fatal(
    'target cannot express the rule',
    'Rewrite the marked item, or leave the rule out for this target.',
  ),
  TGT002: warning(
    'target matches more than the rule says',
    'See docs/splunk-pack.md, docs/graylog-pack.md or, for the other targets, ' +
      'docs/convert.md for what is widened and why.',
  ),
  TGT003: info(
    'query was rewritten for the target',
    'Nothing to do; docs/splunk-pack.md, docs/graylog-pack.md or, for the other targets, ' +
      'docs/convert.md says why.',
  ),
  TGT004: fatal(
    'query exceeds a limit of the target',
    'Shorten the lists of the rule or split it.',
  ),
  TGT005: fatal(
    'query finds every event',
    'Add a selection that an event must have, or name the index, stream or log source that ' +
      'narrows the query.',
  ),
  TGT006: warning(
    'a window may hold more events than the target keeps',
    'Narrow the rules that the correlation refers to.',
  ),
  TGT007: warning(
    'setting does not apply to the target',
    'Remove the setting, or set what the target has in its place; where what it does instead ' +
      'is right, there is nothing to do.',
  ),
  TGT008: warning(
    'runs find the same events again',
    'Set `suppress` with a period as long as a run looks back. Or let no run look back ' +
      'further than the shortest gap: an `interval` or `cron` with even gaps, such as 5m or ' +
      '10m, and a `window` no longer than that.',
  ),
  TGT009: warning(
    'query by itself finds every event',
    'Add the index, the source or another condition of your own to the query, or use a ' +
      'pipeline that knows the log source.',
  ),
  TGT010: warning(
    'override does not fit the search',
    'Use the settings of Sigpack in place of the key of savedsearches.conf; ' +
      'docs/splunk-pack.md says what a result, a window and a suppression are.',
  ),
  PIP001: fatal(
    'invalid pipeline',
    'See docs/pipelines.md for what a processing pipeline can hold.',
  ),
  PIP002: fatal(
    'pipeline cannot process the rule',
    'Change the rule, or the processing item that refuses it.',
  ),
  PIP003: warning(
    'field stays unmapped',
    'Add the field to a mapping of your pipeline, or map it to itself if the name is right.',
  ),
  PIP004: warning(
    'log source without an index',
    'Write `index` under splunk in sigpack.yml: names of indexes, or `"*"` where all are ' +
      'meant. An entry of splunk.indexes gives a log source a place of its own.',
  ),
  PIP005: warning(
    'part of a pipeline does not apply here',
    'See docs/pipelines.md for what packs take from a pipeline.',
  ),
  PIP006: fatal(
    'placeholder has other values for another target',
    'Name the target whose values are meant: `-t splunk`.',
  ),
  PIP007: warning(
    'rule can never be true in the target',
    'Map the field in a pipeline of your own if your events have it; `unmatchable` in ' +
      'sigpack.yml builds such rules switched off instead.',
  ),
  PIP008: warning(
    'rule is true of every event of its log source',
    'Add a selection that an event must have; `unmatchable` in sigpack.yml builds such rules ' +
      'switched off instead.',
  ),
  PIP010: warning(
    'detections search all streams',
    'Write titles of streams, or `all` where all are meant, under graylog.streams in ' +
      'sigpack.yml; graylog.streamParameter asks at the installation.',
  ),
  PIP011: info(
    'pipeline gives names that no public source proves',
    'Compare the names with an event of your own; map the fields in a pipeline of yours ' +
      'where they differ.',
  ),
  PIP012: fatal(
    'nobody has chosen the field names of the target',
    'Name pipelines for the target under `pipelines` in sigpack.yml or with -p, or write ' +
      '`none` where the events have Sigma’s own names.',
  ),
  TST001: fatal('invalid test file', 'See docs/tests.md for what a test file holds.'),
  TST002: fatal(
    'rule of a test is not there',
    'Name the rule by id, name or path under `rule:`, and load it with --rules.',
  ),
  TST003: fatal(
    'events cannot be read',
    'Check the path, which is relative to the test file, and the form of the events.',
  ),
  TST004: fatal(
    'rule cannot be matched with events',
    'Rewrite the marked rule; matching takes linear time, without look-around or back-references.',
  ),
  TST005: fatal(
    'rule is not tested',
    'Add a case that it matches and one that it does not, in a `.test.yml` beside it.',
  ),
  TST006: fatal('test fails', 'Fix the rule or the test; `sigpack test` shows why.'),
  PCK001: fatal('invalid configuration', 'See docs/configuration.md.'),
  PCK002: fatal('two detections with the same name', 'Change `sigpack.name` in one of the rules.'),
  PCK003: fatal(
    'template error',
    'Fix the template; docs/templates.md lists what each one is given.',
  ),
  PCK004: warning(
    'setting is not a known savedsearches.conf key',
    'Check the spelling against savedsearches.conf.spec.',
  ),
  PCK005: fatal('pack would be empty', 'Check the rule folders and the selection.'),
  PCK006: warning(
    'pack starts more than its budget',
    'Choose fewer rules with `select` or `enable`, a longer `interval` for low levels, or a ' +
      'larger budget; `sigpack stats` shows the minutes.',
  ),
  PCK007: fatal(
    'written file does not read back the same',
    'This is a bug in Sigpack or in an overriding template; report it with the rule.',
  ),
  PCK008: warning(
    'entry of the configuration fits no rule',
    'Compare product, category and service under `match` with those of the rules.',
  ),
  PCK009: info(
    'detection with the title of another',
    'Nothing to do: a release keeps the name. `sigpack.name` in the rule gives it one of your own.',
  ),
  PCK013: fatal(
    'paths that find nothing or cannot be read',
    'See docs/configuration.md for globs, exclusions and `.sigpackignore`; quote globs on a ' +
      'command line.',
  ),
  LCK001: fatal(
    'sigpack.lock cannot be used',
    'Restore the lock from git; `sigpack release` writes it, nobody edits it.',
  ),
  LCK002: fatal(
    'build differs from sigpack.lock',
    'Run `sigpack release`, or `sigpack diff` to see what changed.',
  ),
  LCK003: fatal(
    'release is not finished',
    'Run `sigpack release`: it finishes what was begun, and does nothing else.',
  ),
  LNT001: warning('no event can match', 'Remove one of the two parts of the condition.'),
  LNT002: warning('network with host bits', 'Write the first address of the network.'),
  LNT003: warning(
    'control character in a value',
    'Use single quotes: in double quotes a backslash starts an escape.',
  ),
  LNT004: warning(
    'unknown key of a log source',
    'It is not looked at: a log source has category, product, service and definition.',
  ),
  LNT005: warning(
    '`related` is not as specified',
    'Each entry is a map with the `id` of another rule and a `type`.',
  ),
  LNT006: warning(
    'two rules mean the same',
    'Remove one of them, or name it under `related` of the other.',
  ),
  LNT007: warning('unknown ATT&CK tag', 'See attack.mitre.org for tactics and techniques.'),
  LNT010: off('ATT&CK tag of something that is gone', 'Remove the tag.'),
  LNT011: off(
    'tag does not fit its namespace',
    'See the tags appendix of the Sigma specification.',
  ),
  LNT012: off(
    'unknown namespace of a tag',
    'Known: attack, car, cve, d3fend, detection, stp, tlp.',
  ),
  LNT013: off('tag stands twice', 'Remove one.'),
  LNT014: off('reference stands twice', 'Remove one.'),
  LNT015: off('two rules with one title', 'Change one title.'),
  LNT016: off('two files with one name', 'Rename one file.'),
  LNT017: off('file name is short or long', 'File names have 10 to 90 characters.'),
  LNT018: off('quantifier over one selection', 'Name the selection alone.'),
  LNT019: off(
    '`all of them`',
    'Write `all of selection_*`: filters that come later are not meant.',
  ),
  LNT020: off('specific log source where there is a generic one', 'Use the category.'),
  LNT021: off('two wildcards in a row', 'Remove one.'),
  LNT022: off('wildcards in place of a modifier', 'Use the modifier.'),
  LNT023: off(
    'escaped wildcard',
    'Leave it if the character itself is meant; `\\\\*` is a backslash before a wildcard.',
  ),
  LNT024: off('number as a text', 'Remove the quotes.'),
  LNT030: off('attribute is missing that SigmaHQ asks for', 'Add it.'),
  LNT031: off('title is not as SigmaHQ writes titles', 'Change the title.'),
  LNT032: off('description is not as SigmaHQ writes it', 'Change the description.'),
  LNT033: off('false positive is not as SigmaHQ writes it', 'Change the entry.'),
  LNT034: off('reference is not as SigmaHQ writes it', 'Change the reference.'),
  LNT035: off('dates do not fit together', 'Correct the dates.'),
  LNT036: off('file name is not as SigmaHQ writes it', 'Rename the file.'),
  LNT037: off('id is no random UUID', 'Make a UUID of version 4.'),
  LNT038: off('rule that is not in use', 'Move it to deprecated/ or unsupported/.'),
  LNT039: off('tags are not as SigmaHQ sets them', 'Change the tags.'),
  LNT040: off('log source that SigmaHQ does not have', 'Check the spelling.'),
  LNT041: off('field that the category implies', 'Remove the field.'),
  LNT042: off('value stands twice', 'Remove one.'),
  LNT043: off('doubtful name of a field', 'Check the spelling.'),
  LNT044: off('value that other systems write otherwise', 'Change the value.'),
  LNT045: off('regular expression that says no more than a text', 'Use the modifier.'),
  LNT046: off('wildcard that the modifier adds', 'Remove the wildcard.'),
  LNT047: off('correlation without a group', 'Add `group-by`.'),
  LNT048: off('related rule is not here', 'Check the id.'),
  LNT049: off('attribute that SigmaHQ does not use', 'Remove it.'),
} as const satisfies Record<string, CodeEntry>;

/** The stable code of a diagnostic, such as `SIG031`. docs/diagnostics.md explains each. */
export type DiagnosticCode = keyof typeof codeCatalogue;
