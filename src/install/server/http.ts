import type { Result } from '../../source/result.ts';

/** A request to a server. */
export interface HttpRequest {
  readonly method: string;
  /** The whole address. */
  readonly url: string;
  /** All but `content-length`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | undefined;
  /** Milliseconds to wait for a byte of the answer. */
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

/** Sends a request once. It must not throw for what a server or the network does. */
export type SendRequest = (request: HttpRequest) => Promise<Result<HttpResponse, NoResponse>>;
