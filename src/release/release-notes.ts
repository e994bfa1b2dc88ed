/** GitHub takes 125,000 characters as the text of a release, GitLab a million. */
const maximumLength = 100_000;

/** The section of a version in a changelog, without its heading; undefined if there is none. */
export function releaseNotes(changelog: string, version: string): string | undefined {
  const lines = changelog.replace(/\r\n/g, '\n').split('\n');
  const heading = new RegExp(`^## \\[?v?${version.replace(/[.+]/g, '\\$&')}\\]?(?:\\s|$)`);
  const start = lines.findIndex((line) => heading.test(line));
  if (start === -1) return undefined;
  const length = lines.slice(start + 1).findIndex((line) => line.startsWith('## '));
  const body = lines.slice(start + 1, length === -1 ? undefined : start + 1 + length);
  return cutAtLine(body.join('\n').trim());
}

function cutAtLine(text: string): string {
  if (text.length <= maximumLength) return `${text}\n`;
  const shown = text.slice(0, text.lastIndexOf('\n', maximumLength) + 1 || maximumLength);
  const left = text
    .slice(shown.length)
    .split('\n')
    .filter((line) => line.trim() !== '').length;
  return `${shown.trimEnd()}\n\n… and ${left} lines more in the changelog.\n`;
}
