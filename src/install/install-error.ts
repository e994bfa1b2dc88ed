/**
 * Why an install cannot be planned or done. Its message holds no secret that the connection to the
 * server knows.
 *
 * @example
 * import { InstallError, readContentPack } from 'sigpack';
 *
 * const kinds: string[] = [];
 * try {
 *   readContentPack('{ "id": "something else" }');
 * } catch (error) {
 *   if (error instanceof InstallError) kinds.push(error.kind);
 * }
 * kinds; // => ['input']
 */
export class InstallError extends Error {
  override readonly name = 'InstallError';
  /**
   * `input`: what was given or asked for cannot be installed there; nothing was done. `place`: the
   * place refused, could not be reached, or is not as it was meant to be.
   */
  readonly kind: 'input' | 'place';
  /** Of the answer that the error is about; undefined where there was no answer. */
  readonly httpStatus: number | undefined;
  constructor(kind: 'input' | 'place', message: string, httpStatus?: number) {
    super(message);
    this.kind = kind;
    this.httpStatus = httpStatus;
  }
}

export const isPlaceError = (error: unknown): error is InstallError =>
  error instanceof InstallError && error.kind === 'place';
