import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { anyEvents, contents, writeFiles } from './project-folder.ts';
import { type RunOptions, spawned } from './sigpack.ts';

const temporary = mkdtempSync(join(tmpdir(), 'sigpack-same-'));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

const starter = join(import.meta.dirname, '..', 'rules');
const hostile = join(import.meta.dirname, 'hostile');
const more =
  'title: More\nid: 00000000-0000-4000-8000-000000000001\nstatus: test\nlogsource: { product: windows }\ndetection:\n  sel: { Image|endswith: x.exe }\n  condition: sel\n';

describe('two builds give the same bytes', () => {
  /** Rules in a folder of their own, its files made in this order. */
  function project(names: readonly string[], below: string): string {
    const folder = join(mkdtempSync(join(temporary, 'same-')), below);
    for (const name of names)
      cpSync(join(starter, name), join(folder, 'rules', name), { recursive: true });
    cpSync(hostile, join(folder, 'rules', 'hostile'), { recursive: true });
    writeFiles(folder, { 'sigpack.yml': anyEvents });
    return folder;
  }

  function built(cwd: string, output: string, env: RunOptions['env'] = {}): Map<string, string> {
    const run = spawned(['build', '-o', output, '--fail-on', 'never'], { cwd, env });
    expect(run.code).toBe(0);
    return contents(join(cwd, output));
  }

  it('in other folders, time zones and languages', () => {
    const names = readdirSync(starter);
    const first = built(project(names, '.'), 'out', { TZ: 'UTC', LANG: 'C' });
    const environments = {
      TZ: 'Pacific/Kiritimati',
      LANG: 'tr_TR.UTF-8',
      LC_ALL: 'tr_TR.UTF-8',
      LANGUAGE: 'ar',
      SOURCE_DATE_EPOCH: '1',
      USER: 'other',
      COLUMNS: '40',
    };
    const second = built(project(names.toReversed(), 'a folder/b'), 'other/out', environments);
    expect(first.size).toBe(4);
    expect([...second.keys()]).toEqual([...first.keys()]);
    for (const [name, bytes] of first) expect(second.get(name) === bytes, name).toBe(true);
  });

  it('again over the former ones', () => {
    const folder = project(['windows'], '.');
    const first = built(folder, 'out');
    expect(built(folder, 'out')).toEqual(first);
    writeFileSync(join(folder, 'rules', 'more.yml'), more);
    expect(built(folder, 'out')).not.toEqual(first);
  });
});
