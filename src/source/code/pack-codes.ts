import { type CodeEntry, fatal, info, warning } from './entry.ts';

/** Codes about tests of rules, packs, the configuration and the lock. */
export const packCodes = {
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
} as const satisfies Record<string, CodeEntry>;
