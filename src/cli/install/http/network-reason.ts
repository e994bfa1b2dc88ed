const certificateCodes = /^(?:CERT_|ERR_TLS_|DEPTH_ZERO_|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH)/;
export const isCertificate = ({ code = '' }: NodeJS.ErrnoException): boolean =>
  certificateCodes.test(code);

/** What answers there does not speak TLS. */
export const speaksNoTls = ({ code = '' }: NodeJS.ErrnoException): boolean =>
  code === 'EPROTO' || code.startsWith('ERR_SSL_');

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the name of the host cannot be looked up',
  ETIMEDOUT: 'no answer in time',
};

/** Why there is no connection, in words. */
export function reasonOf(error: NodeJS.ErrnoException): string {
  const { code = '', message } = error;
  if (isCertificate(error)) return `its certificate cannot be trusted (${code})`;
  if (speaksNoTls(error)) return 'this is not TLS';
  return reasons[code] ?? (message.includes('socket hang up') ? 'the connection was cut' : message);
}
