import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defaultTargetSettings } from '../src/backend/registry.ts';
import { matches } from './matcher.ts';
import { grep } from './registered.ts';
import { askedDetections } from './rule-set-events.ts';
import { knownFaultsOf } from './rule-set-known.ts';

/** GNU grep with Perl's expressions; macOS and Windows bring none. */
const hasGrep = spawnSync('grep', ['-P', '^a\\d(?=b)'], { input: 'a1b\n' }).status === 0;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sigpack-rule-set-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(!hasGrep)(
  `grep of the rule set, run by a shell${hasGrep ? '' : ' (skipped: this system has no `grep -P`)'}`,
  () => {
    const detections = askedDetections();
    const settled = detections.map((asked) => ({
      ...asked,
      conversion: grep.convert(asked.rule, defaultTargetSettings),
    }));

    /**
     * Numbers of the events that the commands of each rule find; all in one shell, since starting
     * one takes longer than a search.
     */
    function found(): readonly ReadonlySet<number>[] {
      const lines = settled.flatMap(({ conversion, events }, number) => {
        const file = join(folder, `${number}.jsonl`);
        writeFileSync(file, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
        const commands = conversion.ok ? conversion.value.queries : [];
        return commands.map(
          (command) => `${command.replace(/^grep/, 'grep -n')} '${file}' | sed 's/^/${number}:/'`,
        );
      });
      const script = join(folder, 'all.sh');
      writeFileSync(script, lines.join('\n'));
      const { stdout, stderr } = spawnSync('sh', [script], {
        encoding: 'utf8',
        env: { ...process.env, LC_ALL: 'C.UTF-8' },
        maxBuffer: 2 ** 28,
      });
      expect(stderr).toBe('');
      const hits = settled.map(() => new Set<number>());
      for (const [, rule, line] of stdout.matchAll(/^(\d+):(\d+):/gm))
        hits[Number(rule)]?.add(Number(line) - 1);
      return hits;
    }

    test('finds every line that a rule means, and few of the near misses', () => {
      const known = knownFaultsOf('grep');
      const hits = found();
      let near = 0;
      let extra = 0;
      const missed = settled.flatMap(({ entry, rule, events, conversion }, number) => {
        if (!conversion.ok) return [];
        return events.flatMap((event, index) => {
          const isFound = hits[number]?.has(index) ?? false;
          if (matches(rule.query, event))
            return isFound || known.isKnown(rule.query, event)
              ? []
              : [`${entry.path}: ${JSON.stringify(event)} by ${conversion.value.queries[0]}`];
          near++;
          if (isFound) extra++;
          return [];
        });
      });
      expect(missed).toEqual([]);
      expect(known.unused()).toEqual([]);
      // a line shows a text, not where a field ends: what differs at the ends of a value only is
      // found as well
      expect(extra / near).toBeLessThan(0.5);
      expect(near).toBeGreaterThan(10_000);
    });

    test('refuses few rules', () => {
      expect(settled.filter(({ conversion }) => !conversion.ok).length).toBeLessThan(
        settled.length / 20,
      );
    });
  },
);
