import { readdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { didYouMean, nearest } from '../../source/nearest.ts';
import { errorCode } from './error-code.ts';

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EISDIR: 'it is a folder, and a file is needed',
  ENOTDIR: 'a part of its path is a file, not a folder',
  EEXIST: 'it exists already',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file is larger than the system allows',
  EMFILE: 'too many files are open',
  ELOOP: 'its links lead in a circle',
  ENAMETOOLONG: 'the name is too long',
  EBUSY: 'another program uses it',
  ENXIO: 'it is a socket or a device that nothing answers',
};

/** Why the system refuses a file or folder, in words; for other errors, their own message. */
export function fileError(error: unknown): string {
  const code = errorCode(error);
  if (
    code === 'EEXIST' &&
    error instanceof Error &&
    'syscall' in error &&
    error.syscall === 'mkdir'
  )
    return 'a file is there, and a folder is needed';
  const known = reasons[code ?? ''];
  if (known !== undefined) return known;
  // the rest names a system call, which means nothing to a user
  return error instanceof Error
    ? error.message.replace(/, (?:stat|open|scandir|read)\b.*$/, '')
    : String(error);
}

/** What to do about the error; undefined where it says so itself. */
export function fileHint(error: unknown, path: string): string | undefined {
  if (errorCode(error) !== 'ENOENT') return undefined;
  const near = neighbour(path);
  return near === undefined
    ? 'Check the path; it is relative to the working directory.'
    : didYouMean(near);
}

/** An error of the machine as one line: the path, and the reason. */
export function systemError(error: Error): string {
  const reason = fileError(error);
  return 'path' in error && reason !== error.message ? `${error.path}: ${reason}` : reason;
}

/** The entry of the path's folder whose name is nearest. */
function neighbour(path: string): string | undefined {
  try {
    return nearest(basename(path), readdirSync(dirname(path)));
  } catch {
    return undefined;
  }
}
