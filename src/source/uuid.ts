import { sha1 } from './sha1.ts';

/**
 * Namespace of all ids that Sigpack derives. If it changed, every installed pack would look new.
 */
export const sigpackNamespace = 'b3c8f0de-6f2a-4a55-9d3c-5f1d7a0e7c21';

/**
 * Name-based UUID (RFC 9562, version 5) in lower case. `namespace` is a UUID, `name` is encoded as
 * UTF-8.
 */
export function uuidV5(namespace: string, name: string): string {
  if (namespace !== last.namespace) last = { namespace, bytes: namespaceBytes(namespace) };
  const text = encoder.encode(name);
  const bytes = new Uint8Array(last.bytes.length + text.length);
  bytes.set(last.bytes);
  bytes.set(text, last.bytes.length);
  const digest = sha1(bytes);
  const variant = ((Number.parseInt(digest.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return (
    `${digest.slice(0, 8)}-${digest.slice(8, 12)}-5${digest.slice(13, 16)}-${variant}` +
    `${digest.slice(17, 20)}-${digest.slice(20, 32)}`
  );
}

const encoder = new TextEncoder();

// thousands of ids share a namespace
let last: { readonly namespace: string; readonly bytes: Uint8Array } = {
  namespace: sigpackNamespace,
  bytes: namespaceBytes(sigpackNamespace),
};

function namespaceBytes(namespace: string): Uint8Array {
  const digits = namespace.replaceAll('-', '');
  if (!/^[0-9a-f]{32}$/i.test(digits)) throw new RangeError(`not a UUID: ${namespace}`);
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
