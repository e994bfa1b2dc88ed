/**
 * Compares `sigpack check --preset pysigma` with the validators of `sigma check`, over the corpus
 * and over copies of its rules with slips in them: which rules each validator reports.
 * Fails for a difference that no class explains, and for a validator that no rule calls for. Usage:
 * node test/judges/sigma-check.ts   needs setup.sh sigma-cli
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, normalize } from 'node:path';
import { validatorCodes } from '../../src/pack/config/validator-codes.ts';
import { writeFiles } from '../project-folder.ts';
import { shared } from './corpus.ts';
import { fileDigests, keptOrMade, pythonDigest } from './kept.ts';
import { installed, main } from './places.ts';

const CHECK = `
import json, sys
from sigma.collection import SigmaCollection
from sigma.rule import SigmaRule
from sigma.validation import SigmaValidator
from sigma.validators.core import validators
chosen = {name: one() for name, one in validators.items() if name not in ("attacktag", "d3_fendtag")}
answers = {}
for path in sys.stdin.read().split("\\n"):
    said = None
    try:
        collection = SigmaCollection.load_ruleset([path], collect_errors=True)
        rules = collection.rules
        if not any(rule.errors for rule in rules):
            for rule in rules:
                if isinstance(rule, SigmaRule):
                    for condition in rule.detection.parsed_condition:
                        condition.parse()
            said = sorted({name for rule in rules for name, one in chosen.items() if one.validate(rule)})
    except Exception:
        pass
    answers[path] = said
ended = {name: [[str(rule.source.path) for rule in issue.rules] for issue in one.finalize()] for name, one in chosen.items()}
print(json.dumps({"answers": answers, "ended": ended}))
`;

/** Slips that people make, each a change of a rule's text. */
const slips: Readonly<Record<string, (text: string) => string>> = {
  noId: (text) => text.replace(/^id:.*\n/m, ''),
  tagTwice: (text) => text.replace(/^( *- attack\..*\n)/m, '$1$1'),
  tags: (text) =>
    text.replace(
      /^( *)- attack\..*\n/m,
      '$1- car.1\n$1- cve.2021.1\n$1- stp.7\n$1- tlp.blue\n$1- detection.mine\n$1- ours.x\n',
    ),
  tagOfSpaces: (text) => text.replace(/^( *- attack\.)(.*)\n/m, '$1$2 x\n'),
  referenceTwice: (text) => text.replace(/^references:\n( *- .*\n)/m, 'references:\n$1$1'),
  oneOfThem: (text) => text.replace(/^( *)condition:.*\n/m, '$1condition: 1 of them\n'),
  allOfThem: (text) => text.replace(/^( *)condition:.*\n/m, '$1condition: all of them\n'),
  contains: (text) =>
    text.replace(/^( *)([\w.]+)\|contains: (['"]?)([^'"\n*?]+)\3\n/m, "$1$2: '*$4*'\n"),
  endswith: (text) => text.replace(/^( *)([\w.]+)\|endswith: '([^'\n*?]+)'\n/m, "$1$2: '*$3'\n"),
  twoWildcards: (text) =>
    text.replace(/^( *)([\w.]+)\|endswith: '([^'\n*?]+)'\n/m, "$1$2: '**$3'\n"),
  textNumber: (text) => text.replace(/^( *EventID): (\d+)\n/m, "$1: '$2'\n"),
  allAlone: (text) => text.replace(/\|contains\|all:/, '|all:'),
  offset: (text) => text.replace(/^( *[\w.]+)\|contains:/m, '$1|base64offset:'),
  tab: (text) => text.replace(/^( *[\w.]+\|endswith: )'([^'\n]+)'\n/m, '$1"a\\tb"\n'),
  sourceKey: (text) => text.replace(/^( *)(product: .*\n)/m, '$1$2$1vendor: x\n'),
  attribute: (text) => text.replace(/^references:/m, 'reference:'),
  sysmon: (text) =>
    text
      .replace(/^( *)category: process_creation\n/m, '$1service: sysmon\n')
      .replace(/^(detection:\n *\w+:\n)( +)(?=\w)/m, '$1$2EventID: 1\n$2'),
  title: (text) => text.replace(/^title: .*/m, 'title: Slip'),
  unused: (text) => text.replace(/^detection:\n( *)/m, 'detection:\n$1unused:\n$1    Image: x\n$1'),
};

/** Validators whose verdict is another here on purpose: what a rule holds where the two differ. */
const explained: Readonly<Record<string, readonly [text: RegExp, why: string][]>> = {
  dangling_detection: [[/^ *timeframe:/m, '`timeframe` is not a selection']],
  invalid_modifier_combinations: [
    [
      /\|all\b|\|windash/,
      '`all` without `contains` is told where the values have no wildcards, and windash goes with all',
    ],
  ],
  control_character: [[/[|>]-?\n/, 'line breaks of a block are meant']],
  wildcards_instead_of_modifiers: [
    [/\|(?:re|cidr)\b/, 'a pattern has no wildcards'],
    [/\*\*/, 'two wildcards in a row are as one'],
    [
      /\|contains:\n(?: *- '\*[^*'\n]*'\n)+/,
      'a wildcard beside `contains` is LNT046, of the preset sigmahq',
    ],
  ],
  tag_format: [
    [
      /^ *- attack\..* x$/m,
      'a tag with a blank is read as one with a hyphen, which is noted (SIG017) or unknown (LNT007)',
    ],
  ],
  them_condition_with_single_detection: [
    [/^action: global/m, 'the rules of a collection are looked at, not its documents'],
  ],
  identifier_uniqueness: [
    [/^action: global/m, 'rules of a collection that share an id get ids of their own'],
  ],
  number_as_string: [[/'0\d/, 'digits behind a zero are not a number']],
};

const python = installed('sigma-cli', 'sigma', 'bin', 'python3');
const folder = mkdtempSync(join(tmpdir(), 'sigpack-check-'));
const at = (path: string): string => join(folder, path);

/** By paths in the folder of rules. */
interface Theirs {
  /** Null: pySigma can't read the rule. */
  readonly answers: Readonly<Record<string, readonly string[] | null>>;
  readonly ended: Readonly<Record<string, readonly (readonly string[])[]>>;
}

interface Ours {
  readonly diagnostics: readonly {
    readonly code: string;
    readonly severity: string;
    readonly file: string;
  }[];
}

/** Paths in the folder. */
function writeRules(): readonly string[] {
  const corpus = join(shared, 'corpus');
  const names = readdirSync(corpus, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.yml'),
  );
  const written: string[] = [];
  const put = (name: string, text: string): void => {
    writeFiles(folder, { [name]: text });
    written.push(name);
  };
  for (const [index, name] of names.sort().entries()) {
    const text = readFileSync(join(corpus, name), 'utf8');
    put(join('plain', name), text);
    if (index % 40 !== 0) continue;
    for (const [at, [slip, change]] of Object.entries(slips).entries()) {
      const changed = change(text).replace(
        /^id: .{8}/m,
        `id: ${(1e8 + index * 100 + at).toString(16).padStart(8, '0')}`,
      );
      if (changed !== text)
        put(
          join('slips', slip, name.replace(/\.yml$/, `_${slip}.yml`)),
          changed.replace(/^title: (?!Slip)(.*)/m, `title: $1 ${slip}`),
        );
    }
  }
  const [first = ''] = names.filter((name) => name.startsWith('rules/'));
  put(
    join('slips', 'short', 'a.yml'),
    readFileSync(join(corpus, first), 'utf8')
      .replace(/^title: .*/m, 'title: Short')
      .replace(/^id: .*\n/m, ''),
  );
  return written;
}

const paths = writeRules();
const theirs = JSON.parse(
  keptOrMade(
    'sigma-check.json',
    () => [
      pythonDigest(join(python, '..', '..')),
      CHECK,
      JSON.stringify(paths),
      ...fileDigests(paths.map(at)),
    ],
    () =>
      execFileSync(python, ['-c', CHECK], {
        cwd: folder,
        input: paths.join('\n'),
        encoding: 'utf8',
        maxBuffer: 1 << 30,
      }),
  ),
) as Theirs;
const { stdout } = spawnSync(
  process.execPath,
  [main, 'check', '.', '-p', 'none', '--preset', 'pysigma', '-f', 'json'],
  {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  },
);
const ours = JSON.parse(stdout) as Ours;
const codesIn = Map.groupBy(ours.diagnostics, ({ file }) => normalize(file));
const ended = new Map(
  Object.entries(theirs.ended).map(([name, issues]) => [
    name,
    new Set(issues.flatMap((sources) => sources.slice(1))),
  ]),
);
const fatal = new Set(
  ours.diagnostics.flatMap(({ code, severity, file }) =>
    severity === 'error' && /^SIG/.test(code) && code !== 'SIG040' ? normalize(file) : [],
  ),
);

const names = [...validatorCodes.keys()].filter(
  (name) => !name.startsWith('sigmahq_') && name !== 'attacktag' && name !== 'd3_fendtag',
);
// several validators may have one code
const groups = [...Map.groupBy(names, (name) => validatorCodes.get(name)?.join(' ') ?? '')];
let failures = 0;
console.log(
  '| validators | both | pySigma alone | Sigpack alone | explained |\n| --- | --- | --- | --- | --- |',
);
for (const [codes, members] of groups) {
  const counts = { both: 0, theirs: 0, ours: 0, explained: 0 };
  const open: string[] = [];
  for (const path of paths) {
    const answer = theirs.answers[path];
    if (!answer || fatal.has(path)) continue;
    const said = members.some(
      (name) => answer.includes(name) || ended.get(name)?.has(path) === true,
    );
    const told = codesIn.get(path)?.some(({ code }) => codes.split(' ').includes(code)) === true;
    if (said && told) counts.both++;
    if (said === told) continue;
    counts[said ? 'theirs' : 'ours']++;
    const text = readFileSync(at(path), 'utf8');
    if (members.some((name) => explained[name]?.some(([pattern]) => pattern.test(text))))
      counts.explained++;
    else open.push(`  ${said ? 'pySigma' : 'Sigpack'} alone: ${path}`);
  }
  console.log(
    `| ${members.join(', ')} | ${counts.both} | ${counts.theirs} | ${counts.ours} | ${counts.explained} |`,
  );
  if (open.length > 0) console.error([`${members.join(', ')}:`, ...open.slice(0, 10)].join('\n'));
  // a code that is an error leaves the rule out of the comparison
  const silent = counts.both === 0 && !/SIG0(?:31|40)/.test(codes);
  if (silent) console.error(`${members.join(', ')}: no rule calls for it`);
  if (open.length > 0 || silent) failures++;
}
rmSync(folder, { recursive: true, force: true });
process.exitCode = failures > 0 ? 1 : 0;
