/** A text for a POSIX shell, in single quotes, between which it takes all else literally. */
export const shellQuoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
