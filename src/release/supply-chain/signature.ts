import {
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { failed, ok, type Result } from '../../source/result.ts';

/** Name of the file with the signature of SHA256SUMS. */
export const signatureName = 'SHA256SUMS.sig';

const head = 'sigpack ed25519';

/** A private key for ed25519, as PEM. The error holds nothing of its text. */
export function readPrivateKey(pem: string): Result<KeyObject> {
  if (/ENCRYPTED/.test(pem)) return failed('it is encrypted; give the key without a password');
  if (!/PRIVATE KEY-----/.test(pem)) return failed('it is not a private key in PEM');
  return checked(() => createPrivateKey(pem));
}

/** A public key for ed25519, as PEM. */
export function readPublicKey(pem: string): Result<KeyObject> {
  if (/PRIVATE KEY-----/.test(pem)) return failed('it is a private key; give the public one');
  return checked(() => createPublicKey(pem));
}

function checked(read: () => KeyObject): Result<KeyObject> {
  let key: KeyObject;
  try {
    key = read();
  } catch {
    return failed('it is not a key in PEM');
  }
  return key.asymmetricKeyType === 'ed25519'
    ? ok(key)
    : failed(`it is for ${key.asymmetricKeyType ?? 'something else'}, not for ed25519`);
}

/** The first 16 hexadecimal digits of the SHA-256 of the public key in DER. */
export function keyId(key: KeyObject): string {
  const half = key.type === 'private' ? createPublicKey(key) : key;
  return createHash('sha256')
    .update(half.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 16);
}

/** Two lines: the id of the key, and the detached signature of the text in base64. */
export const signatureText = (text: string, key: KeyObject): string =>
  `${head} ${keyId(key)}\n${sign(null, Buffer.from(text), key).toString('base64')}\n`;

/** Checks a signature, as {@link signatureText} returns it, of these bytes by this key. */
export function verifySignature(
  bytes: Uint8Array,
  signature: string,
  key: KeyObject,
): 'good' | 'other key' | 'bad' | 'malformed' {
  const [, id, base64] =
    /^sigpack ed25519 ([0-9a-f]{16})\r?\n([A-Za-z0-9+/]{86}==)\r?\n?$/.exec(signature) ?? [];
  if (id === undefined || base64 === undefined) return 'malformed';
  if (id !== keyId(key)) return 'other key';
  return verify(null, bytes, key, Buffer.from(base64, 'base64')) ? 'good' : 'bad';
}
