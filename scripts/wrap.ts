/** Text of Markdown as lines of at most 118 columns, unless a word is longer. */
export function wrapped(text: string, first = '', rest = ''): string {
  const lines: string[] = [];
  let line = first;
  for (const word of text.trim().split(/\s+/)) {
    const longer = line === first || line === rest ? line + word : `${line} ${word}`;
    if (longer.length <= 118 || line === first) line = longer;
    else {
      lines.push(line);
      line = rest + word;
    }
  }
  return [...lines, line].join('\n');
}
