import { posix, win32 } from 'node:path';
import { describe, expect, it } from 'vitest';
import { belowFolder, nearPath, withSlashes } from '../src/cli/files/portable-path.ts';

describe('a path with slashes', () => {
  it.each([
    ['rules\\windows\\a.yml', win32, 'rules/windows/a.yml'],
    ['C:\\rules\\a.yml', win32, 'C:/rules/a.yml'],
    ['\\\\server\\share\\a.yml', win32, '//server/share/a.yml'],
    ['rules/a.yml', win32, 'rules/a.yml'],
    // a backslash is a letter of a name where it separates nothing
    ['rules/a\\b.yml', posix, 'rules/a\\b.yml'],
  ])('%s', (path, rules, expected) => {
    expect(withSlashes(path, rules)).toBe(expected);
  });
});

describe('a path as a report shows it', () => {
  it.each([
    ['C:\\project\\rules\\a.yml', 'C:\\project', win32, 'rules/a.yml'],
    ['C:\\project\\a.yml', 'C:\\project', win32, 'a.yml'],
    ['C:\\other\\a.yml', 'C:\\project', win32, '../other/a.yml'],
    ['C:\\x\\a.yml', 'C:\\deep\\down\\project', win32, 'C:/x/a.yml'],
    // no relative path leads to another drive
    ['D:\\rules\\a.yml', 'C:\\project', win32, 'D:/rules/a.yml'],
    ['\\\\server\\share\\rules\\a.yml', 'C:\\project', win32, '//server/share/rules/a.yml'],
    ['rules\\a.yml', 'C:\\project', win32, 'rules/a.yml'],
    ['/project/rules/a.yml', '/project', posix, 'rules/a.yml'],
    ['/a.yml', '/a/b/c', posix, '/a.yml'],
  ])('%s seen from %s', (path, folder, rules, expected) => {
    expect(nearPath(path, folder, rules)).toBe(expected);
  });
});

describe('a path below a folder', () => {
  it.each([
    ['C:/rules/a.yml', 'rules/a.yml'],
    ['//server/share/a.yml', 'server/share/a.yml'],
    ['/etc/rules/a.yml', 'etc/rules/a.yml'],
    ['../../rules/a.yml', 'rules/a.yml'],
    ['rules/../../../a.yml', 'a.yml'],
    ['./rules//a.yml', 'rules/a.yml'],
    ['C:../a.yml', 'a.yml'],
  ])('%s', (path, expected) => {
    expect(belowFolder(path)).toBe(expected);
  });
});
