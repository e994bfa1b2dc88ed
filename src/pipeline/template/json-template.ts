import { asciiJson } from '../../jinja/json.ts';
import { failed, ok, type Result } from '../../source/result.ts';
import { growingText, type Work } from '../../work/work.ts';

const token = /"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s"[\]{},:]+/gs;

/**
 * A JSON text as Python writes it, with the query in place of each value `"%QUERY%"`. The error:
 * why the text is not JSON.
 */
export function parseJsonTemplate(text: string): Result<(query: string, work: Work) => string> {
  try {
    JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return failed(error.message);
    throw error;
  }
  const parts: (string | undefined)[] = [];
  const tokens = text.match(token) ?? [];
  for (const [at, part] of tokens.entries()) {
    if (part === ',' || part === ':') parts.push(`${part} `);
    else if (!part.startsWith('"')) parts.push(part);
    else {
      const value: string = JSON.parse(part);
      // undefined is the query; keys stay as they are
      parts.push(value === '%QUERY%' && tokens[at + 1] !== ':' ? undefined : asciiJson(value));
    }
  }
  return ok((query, work) => {
    const json = asciiJson(query);
    const whole = growingText(work);
    for (const part of parts) whole.add(part ?? json);
    return whole.text();
  });
}
