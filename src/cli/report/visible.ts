/**
 * Terminal control, bidirectional and invisible characters: what could move the cursor, recolour or
 * reorder what a person reads.
 */
const hidden = /[\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|\p{Cs}/gu;

/**
 * Text with each such character replaced by something to be seen: `␛` for ESC, `\u{202e}` for a
 * bidirectional override.
 */
export function visible(text: string): string {
  return text.replace(hidden, (char) => {
    const code = char.codePointAt(0) ?? 0;
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? '\u2421' : `\\u{${code.toString(16)}}`;
  });
}

/**
 * As {@link visible}, but in the escapes of JSON text: inside strings only these characters can
 * occur, so the value stays the same.
 */
export function visibleJson(json: string): string {
  return json.replace(
    /[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]/u;
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
