import { clipped, visible } from '../../source/visible.ts';
import { withoutEscaped } from './decoded-text.ts';

/**
 * What is shown of the texts of a server. It may repeat what it was sent, move the cursor, or have
 * no end.
 */
export interface ServerTexts {
  /** A secret from now on, in whatever form it comes back. */
  readonly keep: (secret: string) => void;
  /** The text without secrets. */
  readonly redacted: (text: string) => string;
  /** The same of all texts in a value. */
  readonly redactedAll: <T>(value: T) => T;
  /** Without secrets, with control characters to be seen, and not longer than `most`. */
  readonly shown: (text: string, most?: number) => string;
}

/** Characters of a message that are shown, with a server's words in it. */
export const longestMessage = 2000;

/** Characters of a text that are looked at: to look for secrets takes many times as much memory. */
const longestRead = 200_000;

/** Characters at the end of these that are not shown. */
const longestCut = 50_000;

/** Characters of a server's own words that are shown. */
const shownWords = 300;

/** Shorter ones are words that occur anywhere. */
const shortestForm = 3;

/**
 * Texts of servers without secrets. Connections that share one leave out each other's, too.
 *
 * @example
 * import { createServerTexts } from 'sigpack';
 *
 * const texts = createServerTexts();
 * texts.keep('s3cr3t');
 * texts.shown('no user has the token czNjcjN0'); // => 'no user has the token ***'
 */
export function createServerTexts(): ServerTexts {
  let forms: readonly string[] = [];
  const redacted = (text: string): string =>
    withoutEscaped(
      forms.reduce((shown, form) => shown.replaceAll(form, '***'), text),
      forms,
    );
  // what is cut of a long text may be in a secret, in whatever form
  const startOf = (text: string): string =>
    text.length > longestRead
      ? redacted(text.slice(0, longestRead)).slice(0, -longestCut)
      : redacted(text);
  return {
    keep(secret) {
      const all = new Set(
        [...forms, ...formsOf(secret)].filter((form) => form.length >= shortestForm),
      );
      // the longest first: one may be the beginning of another
      forms = [...all].sort((a, b) => b.length - a.length);
    },
    redacted,
    redactedAll: (value) => mapTexts(value, redacted),
    shown: (text, most = shownWords) => clipped(visible(startOf(text)), most),
  };
}

/**
 * The error, of whatever class, without secrets in what may be shown of it: a server's words get
 * into any of them.
 */
export function withoutSecrets<T>(error: T, texts: ServerTexts): T {
  if (!(error instanceof Error)) return error;
  const lines = (text: string): string =>
    text
      .split('\n')
      .map((line) => texts.shown(line, longestMessage))
      .join('\n');
  const { message, stack } = error;
  error.message = lines(texts.redacted(message));
  if (stack !== undefined) error.stack = lines(texts.redacted(stack));
  return error;
}

/** A secret as it is sent, and as servers, proxies and their pages write what they were sent. */
function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  const plain = [
    secret,
    bytes.toString('base64'),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
  ];
  return plain
    .flatMap((form) => [
      form,
      JSON.stringify(form).slice(1, -1),
      // some write / so, too
      JSON.stringify(form).slice(1, -1).replaceAll('/', '\\/'),
      ...escapedForms(form),
      ...percentForms(encodeURIComponent(form)),
      ...percentForms(new URLSearchParams([['', form]]).toString().slice(1)),
    ])
    .concat(innerForms(bytes));
}

/**
 * Of a longer text in base64: the characters that the secret alone decides, for each of the places
 * where it can begin.
 */
function innerForms(bytes: Buffer): readonly string[] {
  return [0, 1, 2].map((offset) => {
    const whole = Buffer.concat([Buffer.alloc(offset), bytes]);
    const form = whole
      .toString('base64')
      .slice(Math.ceil((offset * 4) / 3), Math.floor((whole.length * 4) / 3));
    return form.length >= shortestInner ? form : '';
  });
}

/** Shorter ones could come of another text. */
const shortestInner = 8;

const percentForms = (text: string): readonly string[] => [
  text,
  text.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
];

/** As HTML and XML have it. */
function escapedForms(text: string): readonly string[] {
  const some = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const quoted = some.replaceAll('"', '&quot;');
  return [
    some,
    quoted,
    quoted.replaceAll("'", '&#39;'),
    quoted.replaceAll("'", '&#x27;'),
    some.replaceAll('"', '&#34;').replaceAll("'", '&#39;'),
  ];
}

function mapTexts<T>(value: T, map: (text: string) => string): T {
  const mapped = (inner: unknown): unknown => {
    if (typeof inner === 'string') return map(inner);
    if (Array.isArray(inner)) return inner.map(mapped);
    if (typeof inner !== 'object' || inner === null) return inner;
    return Object.fromEntries(Object.entries(inner).map(([key, one]) => [key, mapped(one)]));
  };
  return mapped(value) as T;
}
