import { describe, expect, test } from 'vitest';
import { defaultBumps } from '../src/pack/config/release-config.ts';
import { decideBump } from '../src/release/bump.ts';
import { changelogSection, hasSection, withSection } from '../src/release/changelog.ts';
import { withVersion } from '../src/release/config-version.ts';
import { diffOf } from '../src/release/diff/diff.ts';
import { diffView } from '../src/release/diff/view.ts';
import { type Lock, lockSnapshot, nextLock } from '../src/release/lock/lock.ts';
import { lockText, type PlacedLock, readLock } from '../src/release/lock/text.ts';
import type { BuiltEntry } from '../src/release/snapshot.ts';
import { bumped, compareVersions } from '../src/release/version.ts';
import { createBag } from '../src/source/diagnostic.ts';

const digest = (text: string): string =>
  Buffer.from(text).toString('hex').padEnd(32, '0').slice(0, 32);
const uuid = (number: number): string =>
  `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

const entry = (number: number, more: Partial<BuiltEntry> = {}): BuiltEntry => ({
  id: uuid(number),
  title: `Rule ${number}`,
  file: `rules/${number}.yml`,
  name: `Rule ${number}`,
  slug: `rule_${number}`,
  filterMacro: `rule_${number}_filter`,
  generated: false,
  entities: [uuid(1000 + number)],
  severity: 'high',
  digests: {
    text: digest('t'),
    condition: digest('c'),
    settings: digest('s'),
    queries: { splunk: digest('q'), graylog: digest('g') },
  },
  ...more,
});

const pack = (version: string, revision = 1) => ({
  id: 'acme',
  version,
  revision,
  parameters: ['graylog stream', 'macro acme_windows'],
});
const first = nextLock({
  before: undefined,
  pack: pack('1.0.0'),
  entries: [entry(2), entry(1), entry(3)],
  dropRetired: false,
});

/** The lock alone; its places are those of the ids. */
function withoutPlaces({ places, ...lock }: PlacedLock, text: string): Lock {
  for (const [id, { start, end }] of places) expect(text.slice(start, end)).toBe(id);
  return lock;
}

function read(text: string): {
  readonly lock: Lock | undefined;
  readonly diagnostics: readonly string[];
} {
  const bag = createBag();
  const placed = readLock({ path: 'sigpack.lock', text }, bag);
  return {
    lock: placed && withoutPlaces(placed, text),
    diagnostics: bag.list.map(({ code, message, hint }) => `${code} ${message}; ${hint}`),
  };
}

describe('the lock', () => {
  test('is a sorted block a rule, and reads back as written', () => {
    const text = lockText(first);
    expect(text).toContain(
      `  ${uuid(1)}:\n    title: Rule 1\n    file: rules/1.yml\n    stanza: Rule 1\n    slug: rule_1\n    entities:\n      - ${uuid(1001)}\n    severity: high\n`,
    );
    expect(text.indexOf(uuid(1))).toBeLessThan(text.indexOf(uuid(2)));
    expect(text.endsWith('end: true\n')).toBe(true);
    expect(read(text)).toEqual({ lock: first, diagnostics: [] });
    expect(lockText(read(text).lock as Lock)).toBe(text);
  });

  test('holds whatever title a rule has', () => {
    const odd = nextLock({
      before: undefined,
      pack: pack('1.0.0'),
      entries: [entry(1, { title: 'a\nb: "c" # \u202e\u0007 ---', file: 'rules/ü "x".yml' })],
      dropRetired: false,
    });
    expect(read(lockText(odd))).toEqual({ lock: odd, diagnostics: [] });
  });

  test('keeps the version that brought a rule and the one that changed it, and what was retired', () => {
    const changed = entry(2, { digests: { ...entry(2).digests, condition: digest('other') } });
    const second = nextLock({
      before: first,
      pack: pack('1.1.0', 2),
      entries: [changed, entry(3), entry(4)],
      dropRetired: false,
    });
    expect(
      [...second.rules.values()].map(({ title, added, changed: since }) => [title, added, since]),
    ).toEqual([
      ['Rule 2', '1.0.0', '1.1.0'],
      ['Rule 3', '1.0.0', '1.0.0'],
      ['Rule 4', '1.1.0', '1.1.0'],
    ]);
    expect([...second.retired.values()]).toEqual([
      {
        id: uuid(1),
        title: 'Rule 1',
        name: 'Rule 1',
        slug: 'rule_1',
        filterMacro: 'rule_1_filter',
        retired: '1.1.0',
        inSplunk: true,
      },
    ]);
    const third = nextLock({
      before: second,
      pack: pack('1.2.0', 3),
      entries: [changed, entry(3), entry(4)],
      dropRetired: false,
    });
    expect([...third.retired.values()].map(({ retired }) => retired)).toEqual(['1.1.0']);
    expect(read(lockText(third)).lock).toEqual(third);
    expect(
      nextLock({ before: third, pack: pack('2.0.0', 4), entries: [entry(3)], dropRetired: true })
        .retired.size,
    ).toBe(2);
    // a rule that comes back is retired no more
    expect(
      nextLock({
        before: third,
        pack: pack('2.0.0', 4),
        entries: [entry(1)],
        dropRetired: false,
      }).retired.has('Rule 1'),
    ).toBe(false);
  });

  test.each([
    [
      'cut off',
      (text: string) => text.slice(0, text.indexOf('end: true')),
      /`end`|the rest of the file is missing/,
    ],
    ['cut off in a block', (text: string) => text.slice(0, text.indexOf('severity') + 4), /LCK001/],
    ['empty', () => '', /empty/],
    [
      'with conflict marks',
      (text: string) => text.replace('rules:\n', '<<<<<<< HEAD\nrules:\n=======\n>>>>>>> other\n'),
      /conflict marks/,
    ],
    [
      'with a digest by hand',
      (text: string) => text.replace(digest('c'), 'abc'),
      /32 hexadecimal digits/,
    ],
    [
      'with a key that nobody knows',
      (text: string) => text.replace('slug: rule_1', 'slug: rule_1\n    colour: red'),
      /colour/,
    ],
    [
      'with a version by hand',
      (text: string) => text.replace('added: 1.0.0', 'added: one'),
      /x\.y\.z/,
    ],
    [
      'with a rule twice',
      (text: string) => text.replace(`  ${uuid(2)}:`, `  ${uuid(1)}:`),
      /LCK001/,
    ],
    [
      'with two rules of one stanza',
      (text: string) => text.replace('stanza: Rule 2', 'stanza: rule 1'),
      /the same stanza/,
    ],
    [
      'with two rules of one entity',
      (text: string) => text.replace(uuid(1002), uuid(1001)),
      /the same entity/,
    ],
    ['of another form', (text: string) => text.replace('lock: 1', 'lock: 2'), /form 1/],
    ['that is not a map', () => '- a\n', /LCK001/],
  ])('%s is refused with the reason', (_, spoil, reason) => {
    const { lock, diagnostics } = read(spoil(lockText(first)));
    expect(lock).toBeUndefined();
    expect(diagnostics.join('\n')).toMatch(reason);
  });
});

describe('the version', () => {
  const decided = (
    entries: readonly BuiltEntry[],
    parameters: readonly string[] = first.pack.parameters,
  ) => {
    const to = {
      label: 'now',
      version: '1.0.0',
      entries: new Map(entries.map((one) => [one.id, one])),
      parameters,
    };
    return decideBump(diffOf(lockSnapshot(first), to), defaultBumps);
  };
  const all = [entry(1), entry(2), entry(3)];
  const other = (part: string): BuiltEntry =>
    entry(3, {
      digests:
        part === 'splunk'
          ? { ...entry(3).digests, queries: { splunk: digest('new'), graylog: digest('g') } }
          : { ...entry(3).digests, [part]: digest('new') },
    });

  test.each([
    ['nothing', all, undefined],
    ['a text', [entry(1), entry(2), other('text')], 'patch'],
    ['a title with the old name', [entry(1), entry(2), entry(3, { title: 'New' })], 'patch'],
    ['a place', [entry(1), entry(2), entry(3, { file: 'rules/new/3.yml' })], 'patch'],
    ['a condition', [entry(1), entry(2), other('condition')], 'minor'],
    ['a query alone', [entry(1), entry(2), other('splunk')], 'minor'],
    ['a setting', [entry(1), entry(2), other('settings')], 'minor'],
    ['a new rule', [...all, entry(4)], 'minor'],
    ['a published name', [entry(1), entry(2), entry(3, { title: 'New', name: 'New' })], 'major'],
    ['a rule that is gone', [entry(1), entry(2)], 'major'],
    ['a rule that is gone and a text', [entry(1), other('text')], 'major'],
  ] as const)('%s', (_, entries, bump) => {
    expect(decided(entries).bump).toBe(bump);
  });

  test('parameters: one gone or one more asked for is major, one more macro is not', () => {
    expect(decided(all, ['macro acme_windows']).bump).toBe('major');
    expect(decided(all, [...first.pack.parameters, 'graylog more']).bump).toBe('major');
    expect(decided(all, [...first.pack.parameters, 'macro acme_linux']).bump).toBeUndefined();
  });

  test('numbers', () => {
    expect([bumped('1.2.3', 'patch'), bumped('1.2.3', 'minor'), bumped('1.2.3', 'major')]).toEqual([
      '1.2.4',
      '1.3.0',
      '2.0.0',
    ]);
    expect(compareVersions('1.10.0', '1.9.9')).toBeGreaterThan(0);
    expect(compareVersions('1.0.0', '1.0.0')).toBe(0);
  });

  test('is written where the configuration has it, and nothing else changes', () => {
    const text = "# ours\nid: acme\nversion: '1.0.0' # keep\nrevision: 7\nrules: [a]\n";
    expect(withVersion({ path: 'sigpack.yml', text }, '1.1.0', 8)).toBe(
      '# ours\nid: acme\nversion: 1.1.0 # keep\nrevision: 8\nrules: [a]\n',
    );
    expect(withVersion({ path: 'sigpack.yml', text: 'id: acme\n' }, '1.1.0', 8)).toBe('id: acme\n');
  });
});

describe('the changelog', () => {
  const section = (): string => {
    const to = {
      label: '1.1.0',
      version: '1.1.0',
      entries: new Map(
        [entry(2, { title: 'New *title*' }), entry(3), entry(4, { file: 'rules/a b (c).yml' })].map(
          (one) => [one.id, one],
        ),
      ),
    };
    return changelogSection({
      version: '1.1.0',
      date: '2026-11-25',
      view: diffView(diffOf(lockSnapshot(first), to)),
      retired: ['Rule 1'],
      dropped: [],
    });
  };

  test('has a line a detection with its link', () => {
    expect(section()).toBe(`## [1.1.0] - 2026-11-25

### Added

- [Rule 4](rules/a%20b%20%28c%29.yml) (high)

### Changed

- [New \\*title\\*](rules/2.yml) (high): renamed; title: Rule 2 → New \\*title\\*; name in packs: stays Rule 2

### Removed

- Rule 1 (high)

Disabled in the Splunk app until a release drops them:

- Rule 1
`);
  });

  test('begins with a head, and gets new sections on top', () => {
    const one = withSection(undefined, '## [1.0.0] - 2026-01-01\n\nfirst\n');
    const two = withSection(one, '## [1.1.0] - 2026-02-01\n\n### Added\n\n- x\n');
    expect(two).toMatch(
      /^# Changelog\n[^#]*## \[Unreleased\]\n\n## \[1\.1\.0\] - 2026-02-01\n\n### Added\n\n- x\n\n## \[1\.0\.0\] - 2026-01-01\n\nfirst\n$/,
    );
    expect([hasSection(two, '1.1.0'), hasSection(two, '1.1'), hasSection(two, '11.0.0')]).toEqual([
      true,
      false,
      false,
    ]);
  });

  test('moves what stands under Unreleased into the new version', () => {
    const before =
      '# Changelog\n\n## [Unreleased]\n\n### Changed\n\n- by hand\n\n## [1.0.0] - 2026-01-01\n\nfirst\n';
    expect(withSection(before, '## [1.1.0] - 2026-02-01\n\n### Added\n\n- x\n')).toBe(
      '# Changelog\n\n## [Unreleased]\n\n## [1.1.0] - 2026-02-01\n\n### Changed\n\n- by hand\n\n### Added\n\n- x\n\n## [1.0.0] - 2026-01-01\n\nfirst\n',
    );
  });

  test('of another form keeps its head', () => {
    expect(withSection('# Changes\n\n## v0.9\n\nold\n', '## [1.0.0] - 2026-01-01\n')).toBe(
      '# Changes\n\n## [1.0.0] - 2026-01-01\n\n## v0.9\n\nold\n',
    );
    expect(withSection('Notes.\n', '## [1.0.0] - 2026-01-01\n')).toBe(
      'Notes.\n\n## [1.0.0] - 2026-01-01\n',
    );
  });
});
