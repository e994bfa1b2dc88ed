import { errorCode } from '../error/error-code.ts';

/**
 * Whether another process with this number is at work: this one does not count, one of another user
 * does.
 */
export function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // of another user
    return errorCode(error) === 'EPERM';
  }
}
