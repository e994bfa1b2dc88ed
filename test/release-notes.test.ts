import { expect, test } from 'vitest';
import { releaseNotes } from '../src/release/release-notes.ts';

const changelog = (first: string): string =>
  `# Changelog\n\n## [Unreleased]\n\nNot yet.\n\n## [1.10.0] - 2026-02-01\n\n${first}\n\n## v1.1.0\r\n\r\n- Old\r\n\r\n## [1.0.0+5] - x\n`;

test.each([
  ['1.10.0', '### Added\n\n- New\n'],
  ['1.1.0', '- Old\n'],
  ['1.0.0+5', '\n'],
  ['1.1', undefined],
  ['1x10.0', undefined],
])('the notes of %s', (version, notes) =>
  expect(releaseNotes(changelog('### Added\n\n- New'), version)).toBe(notes),
);

test.each([
  [
    'many lines',
    Array.from({ length: 9000 }, (_, index) => `- Rule ${index} with a title`).join('\n'),
  ],
  ['one line', 'x'.repeat(300_000)],
])('%s are cut to what GitHub takes, and what is left out is counted', (_, text) => {
  const notes = releaseNotes(changelog(text), '1.10.0') ?? '';
  expect(notes.length).toBeLessThan(125_000);
  expect(notes.length).toBeGreaterThan(90_000);
  const left = Number(/… and (\d+) lines more in the changelog\.\n$/.exec(notes)?.[1]);
  const shown = notes.split('\n').filter((line) => line.startsWith('- ')).length;
  expect(text.startsWith('x') ? left : shown + left).toBe(text.startsWith('x') ? 1 : 9000);
});
