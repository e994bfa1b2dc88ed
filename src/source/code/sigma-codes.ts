import { type CodeEntry, fatal, info, warning } from './entry.ts';

/** Codes about rules as written: files, YAML, documents, detections, correlations, filters. */
export const sigmaCodes = {
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
    'Retype the character: it looks like another, or like nothing.',
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
    'whole values that hardly any event has',
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
    'file is not a rule',
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
} as const satisfies Record<string, CodeEntry>;
