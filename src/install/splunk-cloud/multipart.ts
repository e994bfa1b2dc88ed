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
    Buffer.from(
      `--${boundary}\r\ncontent-disposition: form-data; name="${name}"` +
        `${file === undefined ? '' : `; filename="${file}"`}\r\n` +
        `${file === undefined ? '' : 'content-type: application/octet-stream\r\n'}\r\n`,
    ),
    content,
    Buffer.from('\r\n'),
  ]);
  return {
    body: Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]),
    type: `multipart/form-data; boundary=${boundary}`,
  };
}
