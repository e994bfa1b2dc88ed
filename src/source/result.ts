/** What may fail: the value, or the error. By default the error is the reason as a text. */
export type Result<T, E = string> = Ok<T> | Failed<E>;

/** The success of a {@link Result}. */
export interface Ok<T> {
  readonly ok: true;
  readonly value: T;
}

/** The failure of a {@link Result}. */
export interface Failed<E> {
  readonly ok: false;
  readonly error: E;
}

export const ok = <T>(value: T): Ok<T> => ({ ok: true, value });

export const failed = <E>(error: E): Failed<E> => ({ ok: false, error });
