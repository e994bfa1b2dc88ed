const wideRanges = [
  '\\u1100-\\u115f\\u2e80-\\u303e\\u3041-\\ua4cf\\uac00-\\ud7a3\\uf900-\\ufaff',
  '\\ufe30-\\ufe6f\\uff00-\\uff60\\uffe0-\\uffe6',
  '\\u{1f300}-\\u{1f64f}\\u{1f900}-\\u{1f9ff}\\u{20000}-\\u{3fffd}',
];
const wide = new RegExp(`[${wideRanges.join('')}]`, 'u');
const combining = /\p{M}/u;

/** Terminal cells that a text takes; East Asian wide characters take two, combining marks none. */
export function cells(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let count = 0;
  for (const char of text) count += wide.test(char) ? 2 : combining.test(char) ? 0 : 1;
  return count;
}

/** As many of the text's first characters as fit into `room` cells. */
export function fitting(text: string, room: number): string {
  let end = 0;
  let used = 0;
  for (const char of text) {
    used += cells(char);
    if (used > room) break;
    end += char.length;
  }
  return text.slice(0, end);
}
