import { type KeyObject, sign, verify } from 'node:crypto';
import { jsonOf } from '../../source/json.ts';
import { isRecord } from '../../source/record.ts';
import { keyId } from './signature.ts';

/** Payload type of an in-toto statement. */
const statementType = 'application/vnd.in-toto+json';

/** The bytes that an envelope (DSSE, version 1) signs: type and payload, each with its length. */
export function signedBytes(type: string, payload: Uint8Array): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(type)} ${type} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

/** A statement in a signed envelope, as one line of JSON. */
export function envelopeText(statement: string, key: KeyObject): string {
  const payload = Buffer.from(statement);
  const signature = sign(null, signedBytes(statementType, payload), key);
  const envelope = {
    payload: payload.toString('base64'),
    payloadType: statementType,
    signatures: [{ keyid: keyId(key), sig: signature.toString('base64') }],
  };
  return `${JSON.stringify(envelope)}\n`;
}

export interface Envelope {
  readonly payload: Buffer;
  readonly signatures: readonly { readonly sig: Buffer }[];
}

/** Undefined if the text is not an envelope of a statement. */
export function readEnvelope(text: string): Envelope | undefined {
  const value = jsonOf(text);
  if (
    !isRecord(value) ||
    value.payloadType !== statementType ||
    typeof value.payload !== 'string' ||
    !Array.isArray(value.signatures)
  )
    return undefined;
  const payload = fromBase64(value.payload);
  const signatures = value.signatures.flatMap((one: unknown) => {
    const sig = isRecord(one) && typeof one.sig === 'string' ? fromBase64(one.sig) : undefined;
    return sig ? [{ sig }] : [];
  });
  return payload && signatures.length > 0 ? { payload, signatures } : undefined;
}

/** Whether one of the signatures is by this key. Key ids are only hints, so they do not count. */
export const isSignedBy = ({ payload, signatures }: Envelope, key: KeyObject): boolean =>
  signatures.some(({ sig }) => verify(null, signedBytes(statementType, payload), key, sig));

/** Either alphabet of base64, as the specification asks; undefined for anything else. */
function fromBase64(text: string): Buffer | undefined {
  return /^[A-Za-z0-9+/_-]*={0,2}$/.test(text) ? Buffer.from(text, 'base64') : undefined;
}
