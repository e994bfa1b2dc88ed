/**
 * node test/judges/history.ts: packs of public rules and the releases after the first one, which
 * add, edit, change, rename, move, remove and bring back rules and change a pipeline: one change a
 * release with 400 rules, all in one release with 3,000. After each: version, lock, diff, changelog
 * and artifacts are as they should be, and the update of the Splunk app lies over the one before,
 * with an admin's local/ untouched. The update of the Graylog pack is graylog/history.ts.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBag } from '../../src/source/diagnostic.ts';
import { folderInMemory } from '../memory-folder.ts';
import { findRuleFiles } from '../rule-files.ts';
import { createChecks } from './checks.ts';
import { corpusFolders } from './corpus.ts';
import { HistoryPack } from './history-pack.ts';

// the commands share their bytecode with all others
process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), 'node-compile-cache');
// a pack and what of it git checks out are some 120 MB
process.env.TMPDIR = folderInMemory(500_000_000);
const checks = createChecks();
const textOf = (path: string): string => readFileSync(path, 'utf8');

// a title, an id and a condition in one line: what the edits below count on
const simple = (text: string): boolean =>
  /^title: [^'"\n]+$/m.test(text) &&
  /^id: \S+$/m.test(text) &&
  /^ {4}condition: [^|>\n]+$/m.test(text) &&
  /^level: (?:low|medium)$/m.test(text) &&
  /^description: [^|>'"\n]+$/m.test(text);

const rules = findRuleFiles(corpusFolders, createBag());
const many = rules.slice(0, 3000);
const later = rules.slice(3000, 3100).filter((path) => simple(textOf(path)));
const isEditable = (path: string): boolean => path.includes('/windows/') && simple(textOf(path));
/** Enough to edit, and some of all kinds. */
const few = [
  ...new Set([
    ...many.filter(isEditable).slice(0, 220),
    ...many.filter((_, index) => index % 16 === 0),
  ]),
]
  .sort()
  .slice(0, 400);

/** The pack, and rules of it that may be edited, each taken once. */
interface Story {
  readonly pack: HistoryPack;
  readonly take: (count: number) => readonly string[];
}

async function tell(
  name: string,
  paths: readonly string[],
  story: (start: Story) => Promise<void>,
): Promise<void> {
  console.log(name);
  const pack = new HistoryPack(name, checks);
  try {
    const editable = pack.copy(paths).filter((path) => isEditable(pack.at(path)));
    await story({ pack, take: (count) => editable.splice(0, count) });
  } finally {
    pack.delete();
  }
}

const edits = {
  text: ({ pack, take }: Story) =>
    pack.edit(take(50), (text) =>
      text.replace(/^description: (.+)$/m, 'description: $1 Reworded.'),
    ),
  condition: ({ pack, take }: Story) =>
    pack.edit(take(30), (text) =>
      text.replace(
        /^ {4}condition: (.+)$/m,
        '    history_filter:\n        HistoryField: known\n    condition: ($1) and not history_filter',
      ),
    ),
  title: ({ pack, take }: Story) =>
    pack.edit(take(20), (text) => text.replace(/^title: (.+)$/m, 'title: $1, Renamed')),
  level: ({ pack, take }: Story) =>
    pack.edit(take(15), (text) => text.replace(/^level: .+$/m, 'level: critical')),
  move({ pack, take }: Story): void {
    mkdirSync(pack.at('rules/moved'));
    for (const path of take(25))
      renameSync(pack.at(path), pack.at(`rules/moved/${path.replace(/^.*\//, '')}`));
  },
  /** Gives the texts of the rules by their paths. */
  remove({ pack, take }: Story): ReadonlyMap<string, string> {
    const gone = new Map(take(40).map((path) => [path, pack.read(path)]));
    for (const path of gone.keys()) rmSync(pack.at(path));
    return gone;
  },
};

/**
 * Makes the pipeline rename a field that alerts do not show; gives the number of the released rules
 * that have it.
 */
function renameField(pack: HistoryPack): number {
  const mapping =
    '  - id: about\n    type: field_name_mapping\n    mapping: { HistoryOther: other, Description: about }\n';
  pack.write('pipeline.yml', `name: ours\npriority: 1\ntransformations:\n${mapping}`);
  const hasField = (file: string): boolean =>
    existsSync(pack.at(file)) && /^\s+(?:- )?Description[|:]/m.test(pack.read(file));
  return [...pack.released.rules.values()].filter(
    ({ file, digests }) => digests.queries.splunk !== undefined && hasField(file),
  ).length;
}

function namedOtherwise(pack: HistoryPack): number {
  return [...pack.released.rules.values()].filter(
    ({ title, name }) => title !== name && `${title}, Renamed` !== name,
  ).length;
}

await tell('400 rules, a change a release', few, async (story) => {
  const { pack } = story;
  // one of them is refused
  await pack.release({ what: '400 rules', version: '1.0.0', counts: { added: few.length - 1 } });
  pack.copy(later);
  await pack.release({ what: 'more rules', version: '1.1.0', counts: { added: later.length } });
  edits.text(story);
  await pack.release({ what: 'texts', version: '1.1.1', counts: { text: 50 } });
  edits.condition(story);
  await pack.release({ what: 'conditions', version: '1.2.0', counts: { meaning: 30 } });
  edits.title(story);
  await pack.release({ what: 'titles', version: '1.2.1', counts: { renamed: 20 } });
  edits.move(story);
  await pack.release({ what: 'places', version: '1.2.2', counts: { moved: 25 } });
  const gone = edits.remove(story);
  await pack.release({ what: 'rules removed', version: '2.0.0', counts: { removed: 40 } });
  edits.level(story);
  await pack.release({ what: 'severities', version: '2.1.0', counts: { settings: 15 } });
  await pack.release({
    what: 'a pipeline',
    version: '2.2.0',
    counts: { query: renameField(pack) },
  });
  for (const [path, text] of [...gone].slice(0, 10)) pack.write(path, text);
  await pack.release({ what: 'rules brought back', version: '2.3.0', counts: { added: 10 } });
  checks.check('rules whose name is not their title', namedOtherwise(pack) >= 20);
  await pack.release({
    what: 'names made anew',
    version: '3.0.0',
    counts: { renamed: 20 },
    more: { rename: true },
  });
});

await tell('3,000 rules, all changes in one release', many, async (story) => {
  const { pack } = story;
  await pack.release({ what: '3,000 rules', version: '1.0.0', counts: { added: 2997 } });
  pack.copy(later);
  edits.text(story);
  edits.condition(story);
  edits.title(story);
  edits.move(story);
  edits.remove(story);
  edits.level(story);
  const counts = {
    added: later.length,
    text: 50,
    meaning: 30,
    renamed: 20,
    moved: 25,
    removed: 40,
    settings: 15,
  };
  await pack.release({ what: 'all changes', version: '2.0.0', counts });
  checks.check('rules whose name is not their title', namedOtherwise(pack) >= 20);
  await pack.release({
    what: 'names made anew',
    version: '3.0.0',
    counts: { renamed: 20 },
    more: { rename: true },
  });
});
checks.end('the history holds');
