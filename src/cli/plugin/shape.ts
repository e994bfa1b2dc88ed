import { isRecord } from '../../source/record.ts';
import { schemaError } from './meta-schema.ts';

/** Why a value is not a `ConversionTarget`, whose text calls it `path`; undefined if it is one. */
export function targetError(target: unknown, path: string): string | undefined {
  if (!isRecord(target)) return `\`${path}\` must be an object`;
  const { name, description, formats, settings, convert } = target;
  if (typeof name !== 'string' || !/^[a-z][a-z0-9-]*$/.test(name))
    return `\`${path}.name\` must be a text of lower-case letters, digits and -`;
  if (typeof description !== 'string' || description === '')
    return `\`${path}.description\` must be a text`;
  if (typeof convert !== 'function') return `\`${path}.convert\` must be a function`;
  if (!Array.isArray(formats) || formats.length === 0)
    return `\`${path}.formats\` must be an array of at least one format`;
  const ofSettings = settings === undefined ? undefined : settingsError(settings, path);
  if (ofSettings !== undefined) return ofSettings;
  const reasons = formats.map((format: unknown, index) =>
    formatError(format, `${path}.formats[${index}]`),
  );
  const names = formats.map((format: unknown) => (isRecord(format) ? format.name : undefined));
  return (
    reasons.find((reason) => reason !== undefined) ??
    (new Set(names).size < names.length
      ? `\`${path}.formats\` has two formats of one name`
      : undefined)
  );
}

function settingsError(settings: unknown, path: string): string | undefined {
  if (!isRecord(settings) || !isRecord(settings.schema) || !('defaults' in settings))
    return `\`${path}.settings\` must be an object with \`schema\` and \`defaults\``;
  const reason = schemaError(settings.schema);
  return reason && `\`${path}.settings.schema\`: ${reason}`;
}

function formatError(format: unknown, path: string): string | undefined {
  if (!isRecord(format)) return `\`${path}\` must be an object`;
  const { name, description, extension, print } = format;
  if (typeof name !== 'string' || !/^[a-z][a-z0-9-]*$/.test(name))
    return `\`${path}.name\` must be a text of lower-case letters, digits and -`;
  if (typeof description !== 'string' || description === '')
    return `\`${path}.description\` must be a text`;
  // it becomes part of a path
  if (typeof extension !== 'string' || !/^[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*$/.test(extension))
    return `\`${path}.extension\` must be letters and digits`;
  return typeof print === 'function' ? undefined : `\`${path}.print\` must be a function`;
}

/** Why a value is not a `Conversion<ConvertedRule>`; undefined if it is one. */
export function conversionError(conversion: unknown): string | undefined {
  if (!isRecord(conversion) || typeof conversion.ok !== 'boolean')
    return '`convert` gave no conversion (`converted` makes one)';
  const { ok, value, diagnostics, error } = conversion;
  if (!ok)
    return Array.isArray(error) && error.length > 0
      ? diagnosticsError(error, 'error')
      : 'a refusal must have at least one refusal';
  if (!isRecord(value) || !Array.isArray(value.queries)) return '`value.queries` must be an array';
  if (!value.queries.every((query: unknown) => typeof query === 'string'))
    return '`value.queries` must hold texts';
  return Array.isArray(diagnostics)
    ? diagnosticsError(diagnostics, 'diagnostics')
    : '`diagnostics` must be an array';
}

const codes = ['TGT001', 'TGT002', 'TGT003', 'TGT004'];

function diagnosticsError(diagnostics: readonly unknown[], path: string): string | undefined {
  for (const [index, diagnostic] of diagnostics.entries()) {
    const place = `\`${path}[${index}]`;
    if (!isRecord(diagnostic)) return `${place}\` must be an object`;
    if (typeof diagnostic.code !== 'string' || !codes.includes(diagnostic.code))
      return `${place}.code\` must be one of ${codes.join(', ')}`;
    if (typeof diagnostic.message !== 'string') return `${place}.message\` must be a text`;
    const { file, span, hint } = diagnostic;
    if (!isRecord(file) || typeof file.path !== 'string' || typeof file.text !== 'string')
      return `${place}.file\` must be a file, as rules and items have it`;
    if (!isRecord(span) || !isOffset(span.start) || !isOffset(span.end))
      return `${place}.span\` must have a start and an end`;
    if (hint !== undefined && typeof hint !== 'string') return `${place}.hint\` must be a text`;
  }
  return undefined;
}

const isOffset = (value: unknown): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0;
