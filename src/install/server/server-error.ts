import { isRecord, valueText } from '../../source/record.ts';
import type { Result } from '../../source/result.ts';
import { InstallError } from '../install-error.ts';
import { answerOf } from './answer.ts';
import type { HttpResponse, NoResponse } from './http.ts';
import type { ServerTexts } from './server-text.ts';

const meanings: Readonly<Record<number, string>> = {
  401: 'the user or token is not accepted',
  403: 'the user may not do this',
  404: 'it is not there',
  409: 'something else changed it meanwhile',
  429: 'the server asks to wait, again and again',
};

/** What came of a request in place of the answer to it; `what` names the request. */
export function serverError(
  what: string,
  result: Result<HttpResponse, NoResponse>,
  texts: ServerTexts,
): InstallError {
  if (!result.ok) {
    const { reason, hint } = result.error;
    const advice = hint === undefined ? '' : `; ${hint}`;
    return new InstallError('place', `${what}: ${texts.shown(reason)}${advice}`);
  }
  const { proxy } = result.value;
  const { status, json, text } = answerOf(result.value);
  const meaning =
    proxy === undefined ? meanings[status] : `from the proxy ${proxy} or a server behind it`;
  const words = texts.shown(
    wordsOf(json) ?? withoutTags(texts.redacted(text.slice(0, longestPage))),
  );
  const message = meaning === undefined ? `${status}` : `${status}, ${meaning}`;
  const quote = words === '' ? '' : ` (${words})`;
  return new InstallError('place', `${what}: ${message}${quote}`, status);
}

/** Characters of a page that are looked at for its words. */
const longestPage = 100_000;

const withoutTags = (text: string): string =>
  text
    .replace(/<[^<>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();

/** What servers call their message. */
function wordsOf(json: unknown): string | undefined {
  if (typeof json !== 'object' || json === null) return undefined;
  const { message, messages, error, reason } = json as Readonly<Record<string, unknown>>;
  for (const one of [
    message,
    Array.isArray(messages)
      ? messages.map((each: unknown) => valueText(isRecord(each) ? each.text : each)).join('; ')
      : undefined,
    error,
    reason,
  ]) {
    if (typeof one === 'string' && one !== '') return one;
    if (typeof one === 'object' && one !== null) return wordsOf(one) ?? JSON.stringify(one);
  }
  return undefined;
}
