import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { grep } from '../src/backend/grep/grep.ts';
import { defaultTargetSettings } from '../src/backend/target.ts';
import { matches } from './matcher.ts';
import { type AskedDetection, askedDetections } from './rule-set-events.ts';

/** GNU grep with Perl's expressions; macOS and Windows bring none. */
const hasGrep = spawnSync('grep', ['-P', '^a\\d(?=b)'], { input: 'a1b\n' }).status === 0;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sigpack-rule-set-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(!hasGrep)(`grep of the rule set, run by a shell${hasGrep ? '' : ' (skipped: this system has no `grep -P`)'}`, () => {
  const detections = askedDetections();
  const file = () => join(folder, 'events.jsonl');

  /** Numbers of the events that the commands find. */
  function found(commands: readonly string[]): ReadonlySet<number> {
    const text = commands.map((command) => `${command.replace(/^grep/, 'grep -n')} "$0"`).join('\n');
    const { stdout, stderr } = spawnSync('sh', ['-c', text, file()], { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C.UTF-8' }, maxBuffer: 2 ** 26 });
    if (stderr !== '') throw new Error(`${stderr}${text.slice(0, 500)}`);
    return new Set([...stdout.matchAll(/^(\d+):/gm)].map(([, line]) => Number(line) - 1));
  }

  function faults({ entry, rule, events }: AskedDetection, counts: { near: number; extra: number }): readonly string[] {
    const conversion = grep.convert(rule, defaultTargetSettings);
    if (!conversion.ok) return [];
    writeFileSync(file(), events.map((event) => `${JSON.stringify(event)}\n`).join(''));
    const hits = found(conversion.value.queries);
    return events.flatMap((event, index) => {
      const wanted = matches(rule.query, event);
      if (!wanted) counts.near++;
      if (!wanted && hits.has(index)) counts.extra++;
      return wanted && !hits.has(index) ? [`${entry.path}: missed ${JSON.stringify(event)} by ${conversion.value.queries.join('\n').slice(0, 600)}`] : [];
    });
  }

  test('finds every line that a rule means, and few of the near misses', () => {
    const counts = { near: 0, extra: 0 };
    expect(detections.flatMap((asked) => faults(asked, counts))).toEqual([]);
    // a line shows a text, not where a field ends: what differs at the ends of a value only is found as well
    expect(counts.extra / counts.near).toBeLessThan(0.5);
    expect(counts.near).toBeGreaterThan(8000);
  });

  test('refuses few rules', () => {
    const refused = detections.filter(({ rule }) => !grep.convert(rule, defaultTargetSettings).ok).map(({ entry }) => entry.path);
    expect(refused.length).toBeLessThan(detections.length / 20);
  });
});
