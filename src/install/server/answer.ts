import { isDeeperThan, jsonOf, maximumAnswerDepth } from '../../source/json.ts';
import type { HttpResponse } from './http.ts';

export interface Answer {
  readonly status: number;
  readonly text: string;
  /** Parsed JSON; undefined where the answer is not JSON. */
  readonly json: unknown;
}

export function answerOf({ status, text }: HttpResponse): Answer {
  const json = jsonOf(text);
  return { status, text, json: isDeeperThan(json, maximumAnswerDepth) ? undefined : json };
}
