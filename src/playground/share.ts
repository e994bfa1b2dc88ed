import { isRecord } from '../source/record.ts';
import type { PlaygroundInput } from './messages.ts';

/** What a link carries. */
export interface SharedState extends PlaygroundInput {
  /** The target that is shown. */
  readonly target: string;
}

/** Characters of a fragment, and of the text in it: a link is a stranger's. */
export const largestFragment = 200_000;
const largestText = 1_000_000;

const encodings: readonly (readonly [sign: string, inLink: string])[] = [
  ['+', '-'],
  ['/', '_'],
];

/** The state as a fragment of an address, without `#`. */
export async function fragmentOf(state: SharedState): Promise<string> {
  const stream = new Blob([JSON.stringify(state)])
    .stream()
    .pipeThrough(new CompressionStream('deflate-raw'));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return encodings
    .reduce((text, [sign, inLink]) => text.replaceAll(sign, inLink), btoa(binary))
    .replace(/=+$/, '');
}

/** The state in a fragment; undefined for anything else, however it is made. */
export async function stateIn(fragment: string): Promise<SharedState | undefined> {
  if (fragment.length > largestFragment || !/^[\w-]+$/.test(fragment)) return undefined;
  try {
    const base64 = encodings.reduce(
      (text, [sign, inLink]) => text.replaceAll(inLink, sign),
      fragment,
    );
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    return stateOf(JSON.parse(await inflated(bytes)));
  } catch {
    return undefined;
  }
}

/** Throws where the text is larger than any state: it is not inflated further. */
async function inflated(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  for (const reader = stream.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    text += decoder.decode(value, { stream: true });
    if (text.length > largestText) {
      await reader.cancel();
      throw new RangeError('too large');
    }
  }
}

/** Only texts, and lists of texts. */
function stateOf(value: unknown): SharedState | undefined {
  if (!isRecord(value)) return undefined;
  const text = (key: string): string => {
    const found = Object.hasOwn(value, key) ? value[key] : undefined;
    return typeof found === 'string' ? found : '';
  };
  const { pipelines } = value;
  const chosen: Record<string, readonly string[]> = Object.create(null);
  for (const [target, names] of isRecord(pipelines) ? Object.entries(pipelines) : [])
    if (Array.isArray(names))
      chosen[target] = names
        .filter((name): name is string => typeof name === 'string')
        .slice(0, 20);
  return {
    rule: text('rule'),
    settings: text('settings'),
    pipelines: chosen,
    pasted: text('pasted'),
    events: text('events'),
    target: text('target'),
  };
}
