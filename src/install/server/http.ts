import type { Result } from '../../source/result.ts';

/** A request to a server. */
export interface HttpRequest {
  readonly method: string;
  /** The whole address. */
  readonly url: string;
  /** All but `content-length`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array<ArrayBuffer> | undefined;
  /** Milliseconds to wait for a byte of the answer; a limit of the whole request is longer. */
  readonly timeout: number;
}

/** What a server answered, whatever its status. */
export interface HttpResponse {
  readonly status: number;
  readonly text: string;
  /** The header `retry-after`. */
  readonly retryAfter?: string | undefined;
  /** The proxy that may have answered in place of the server. */
  readonly proxy?: string | undefined;
}

/** Why there is no answer. */
export interface NoResponse {
  /** For a message: `nothing listens there`. */
  readonly reason: string;
  /** What to do about it, for the end of the message. */
  readonly hint?: string | undefined;
  /** Whether the server may have read the request. */
  readonly isSent: boolean;
  /** Another try would end the same way. Default: false. */
  readonly isFinal?: boolean;
}

/**
 * Sends a request once. What a server or the network does is a value, so it does not throw.
 *
 * @example
 * import type { SendRequest } from 'sigpack';
 *
 * export const send: SendRequest = async ({ method, url, headers, body, timeout }) => {
 *   const signal = AbortSignal.timeout(timeout);
 *   try {
 *     const response = await fetch(url, { method, headers, body, signal });
 *     const retryAfter = response.headers.get('retry-after') ?? undefined;
 *     const { status } = response;
 *     return { ok: true, value: { status, text: await response.text(), retryAfter } };
 *   } catch (error) {
 *     // fetch says what happened only in the cause
 *     const { message, cause } = error as Error;
 *     const reason = cause instanceof Error ? cause.message : message;
 *     return { ok: false, error: { reason, isSent: !reason.includes('ECONNREFUSED') } };
 *   }
 * };
 *
 * const url = 'https://elastic.example.org:9200/_watcher/watch/x';
 * const answer = await send({ method: 'GET', url, headers: {}, body: undefined, timeout: 1000 });
 * answer.ok && answer.value.status; // => 401
 */
export type SendRequest = (request: HttpRequest) => Promise<Result<HttpResponse, NoResponse>>;
