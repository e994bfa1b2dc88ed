/** A field of a form; with a `file` name it is sent as one. */
export interface Part {
  readonly name: string;
  readonly content: Uint8Array;
  readonly file?: string;
}

/** A form as `multipart/form-data`. */
export function multipart(parts: readonly Part[]): {
  readonly body: Buffer;
  readonly type: string;
} {
  // no archive holds these words, and no text of a rule is sent plain
  const boundary = 'sigpack-8f6d2c51e0b74f0ca6a3b1d9e7c4f205';
  const pieces = parts.flatMap(({ name, content, file }) => [
    Buffer.from(`--${boundary}\r\n${partHeaders(name, file)}\r\n`),
    content,
    Buffer.from('\r\n'),
  ]);
  return {
    body: Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]),
    type: `multipart/form-data; boundary=${boundary}`,
  };
}

function partHeaders(name: string, file: string | undefined): string {
  const disposition = `content-disposition: form-data; name="${name}"`;
  return file === undefined
    ? `${disposition}\r\n`
    : `${disposition}; filename="${file}"\r\ncontent-type: application/octet-stream\r\n`;
}
