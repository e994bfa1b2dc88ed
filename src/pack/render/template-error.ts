import type { DiagnosticBag } from '../../source/diagnostic.ts';
import type { SourceFile } from '../../source/span.ts';

/** A template that can't be compiled or rendered. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
  readonly template: string;
  /** From 1; undefined if Handlebars reports no place. */
  readonly line: number | undefined;

  constructor(template: string, message: string, line: number | undefined) {
    super(message);
    this.template = template;
    this.line = line;
  }
}

/** Reports a {@link TemplateError} at the configuration; throws any other error. */
export function reportTemplateError(
  error: unknown,
  bag: DiagnosticBag,
  configFile: SourceFile,
): undefined {
  if (!(error instanceof TemplateError)) throw error;
  const place = error.line === undefined ? error.template : `${error.template}:${error.line}`;
  bag.add(configFile, {
    code: 'PCK003',
    message: `${place}: ${error.message}`,
    span: { start: 0, end: 0 },
  });
}
