import { createHash } from 'node:crypto';
import type Handlebars from 'handlebars';
import { unicodeEscape } from '../../source/char-escape.ts';
import { type ByteWriter, createByteWriter } from './byte-writer.ts';
import { confValue } from './conf-text.ts';
import { csvRow } from './csv.ts';
import { templateCompiler, templateRuntime } from './handlebars.ts';
import { precompiled } from './precompiled.ts';
import { asBlock, blockSource } from './template-block.ts';
import { TemplateError } from './template-error.ts';

/** Template sources by name, such as `splunk/default/app.conf.hbs`. */
export interface TemplateSet {
  readonly templates: ReadonlyMap<string, string>;
}

export type Render = (name: string, context: object) => string;

export interface Renderer extends Render {
  /**
   * The text as UTF-8. Stanzas and rows are encoded one by one: in a single string, ten megabytes
   * would be copied several times.
   */
  readonly bytes: (name: string, context: object) => Uint8Array;
}

const unsafe = /[<>&\u2028\u2029]/;
const unsafeInJson = new RegExp(unsafe, 'g');
// outside of what XML 1.0 allows in a document
const notXml = /[^\t\n\r\u0020-\u007e\u00a0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;
const xmlSpecial = /[&<>"'\t\n\r]/g;

/** A value as JSON that is safe in HTML and XML: `<`, `>` and `&` are escaped. */
function jsonText(value: unknown): string {
  const text: string | undefined = JSON.stringify(value);
  if (text === undefined) throw new Error('json is given nothing that JSON can hold');
  if (!unsafe.test(text)) return text;
  return text.replace(unsafeInJson, unicodeEscape);
}

/** A text for XML content and attribute values. */
function xmlText(text: string): string {
  return text.replace(notXml, '').replace(xmlSpecial, (char) => `&#${char.charCodeAt(0)};`);
}

/**
 * Marks where a part is left out of Handlebars' output. Templates and contexts do not have this
 * character.
 */
const partMark = '\0';

// Handlebars passes its options object as the last argument
const helpers = (leaveOut: (part: string) => string) => ({
  json: (value: unknown) => jsonText(value),
  conf: (value: unknown) => confValue(printable(value, 'conf')),
  xml: (value: unknown) => xmlText(printable(value, 'xml')),
  stanza: (name: unknown, settings: unknown) =>
    leaveOut(printStanza(printable(name, 'stanza'), settings)),
  csv: (...given: unknown[]) => {
    const cells: string[] = [];
    for (let at = 0; at < given.length - 1; at++) cells.push(printable(given[at], 'csv'));
    return leaveOut(csvRow(cells));
  },
});

function printable(value: unknown, helper: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new Error(
    `${helper} is given ${value === undefined ? 'nothing' : 'an object'}, not a text`,
  );
}

/**
 * `[name]` and one line per setting, without a line end after the last. One call per stanza: a
 * Handlebars block for each of a hundred thousand settings would be slow.
 */
function printStanza(name: string, settings: unknown): string {
  if (!(settings instanceof Map)) throw new Error('stanza is given no settings');
  let text = `[${name}]`;
  settings.forEach((value, key) => {
    text += `\n${key} = ${value}`;
  });
  return text;
}

/** `scripts/bundle.mjs` makes `precompiled` with the same. @public */
export const compileOptions = {
  noEscape: true,
  strict: true,
  knownHelpersOnly: true,
  knownHelpers: { json: true, conf: true, stanza: true, xml: true, csv: true },
};
/** For `blockSource`. @public */
export const blockOptions = {
  ...compileOptions,
  knownHelpers: { ...compileOptions.knownHelpers, keep: true },
};

/** The key of a template in `precompiled`. @public */
export const precompiledKey = (source: string): string =>
  createHash('sha256').update(source).digest('base64url');

/**
 * A function that renders a template of the set by its name; each is compiled once. Throws
 * `TemplateError`.
 */
export function createRenderer(set: TemplateSet): Renderer {
  let leftOut: { readonly writer: ByteWriter; readonly parts: Uint8Array[] } | undefined;
  const ownHelpers = helpers((part) => {
    if (!leftOut) return part;
    leftOut.parts.push(leftOut.writer.add(part));
    return partMark;
  });
  // an isolated environment: helpers that other code registers globally must not affect the packs
  const environmentOf = (library: typeof Handlebars): typeof Handlebars => {
    const environment = library.create();
    environment.registerHelper(ownHelpers);
    return environment;
  };
  const runtime = environmentOf(templateRuntime);
  let compiler: typeof Handlebars | undefined;
  const compile = (
    source: string,
    options: typeof compileOptions,
  ): Handlebars.TemplateDelegate<object> => {
    const specification =
      precompiled.size === 0 ? undefined : precompiled.get(precompiledKey(source));
    if (specification) return runtime.template(specification(source));
    compiler ??= environmentOf(templateCompiler());
    return compiler.compile(source, options);
  };
  const compiled = new Map<string, (context: object) => string>();
  const templateOf = (name: string): ((context: object) => string) => {
    const known = compiled.get(name);
    if (known) return known;
    const source = set.templates.get(name);
    if (source === undefined) throw new TemplateError(name, 'there is no such template', undefined);
    const template = asBlock(compile(blockSource, blockOptions), compile(source, compileOptions));
    compiled.set(name, template);
    return template;
  };
  const render: Render = (name, context) => {
    try {
      return templateOf(name)(context);
    } catch (error) {
      if (error instanceof TemplateError) throw error;
      throw describeError(name, error);
    }
  };
  const bytes = (name: string, context: object): Uint8Array => {
    const parts: Uint8Array[] = [];
    leftOut = { writer: createByteWriter(), parts };
    try {
      const texts = render(name, context).split(partMark);
      // a mark that no helper left is text of the template
      if (texts.length === parts.length + 1) return withParts(texts, parts);
    } finally {
      leftOut = undefined;
    }
    return Buffer.from(render(name, context));
  };
  return Object.assign(render, { bytes });
}

/** Joins the texts and the parts between them. */
function withParts(texts: readonly string[], parts: readonly Uint8Array[]): Uint8Array {
  const size =
    texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0) +
    parts.reduce((sum, part) => sum + part.length, 0);
  const whole = Buffer.allocUnsafeSlow(size);
  let at = 0;
  for (const [index, text] of texts.entries()) {
    at += whole.write(text, at);
    const part = parts[index];
    if (!part) continue;
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function describeError(name: string, error: unknown): TemplateError {
  const message = error instanceof Error ? error.message : String(error);
  const given =
    typeof error === 'object' && error !== null && 'lineNumber' in error
      ? error.lineNumber
      : undefined;
  const line = typeof given === 'number' ? given : /^Parse error on line (\d+)/.exec(message)?.[1];
  return new TemplateError(name, message, line === undefined ? undefined : Number(line));
}
