import { codeCatalogue, type DiagnosticCode } from '../../source/code/catalogue.ts';
import type { NewDiagnostic } from '../../source/diagnostic.ts';
import { didYouMean, nearest } from '../../source/nearest.ts';
import type { FromSchema } from '../../source/schema/from-schema.ts';
import type { JsonSchema } from '../../source/schema/json-schema.ts';
import { list, map } from '../../source/schema/schema-builder.ts';
import { lookup, type YamlNode, type YamlScalar } from '../../source/yaml/tree.ts';
import { type LintPreset, lintPresets } from './lint-preset.ts';
import { isCode, validatorCodes } from './validator-codes.ts';

/** Which checks `sigpack check` makes. */
export interface LintConfig {
  readonly preset: LintPreset;
  /** Codes that are not reported, by the id of the rule in lower case. */
  readonly exclude: ReadonlyMap<string, ReadonlySet<DiagnosticCode>>;
}

const excluded = {
  type: 'string',
  description: 'A code such as LNT023, or the name of a validator of pySigma.',
} as const satisfies JsonSchema;

export const lintSchema = map(
  {
    preset: {
      enum: lintPresets,
      default: 'default',
      description:
        'default: rules that find nothing or something else. pysigma: also the validators of ' +
        'sigma check. sigmahq: also SigmaHQ’s conventions.',
    },
    exclude: {
      type: 'object',
      description: 'What build and check do not say of a rule, by its id.',
      propertyNames: { pattern: '.', description: 'The id of a rule.' },
      additionalProperties: {
        anyOf: [excluded, list(excluded, 'Codes and validators.')],
      },
    },
  },
  'Checks of rules by sigpack check, see docs/lint.md.',
);

/** The rule is missing from the packs because of it, so it is always reported. */
const leavesOut = (code: DiagnosticCode): boolean =>
  codeCatalogue[code].fatal || code === 'SIG040' || code === 'PIP007' || code === 'PIP008';

export function lintConfig({
  preset = 'default',
  exclude = {},
}: FromSchema<typeof lintSchema> = {}): LintConfig {
  const codes = (names: string | readonly string[]) =>
    new Set(
      [names]
        .flat()
        .flatMap(codesOf)
        .filter((code) => !leavesOut(code)),
    );
  return {
    preset,
    exclude: new Map(
      Object.entries(exclude).map(([id, names]) => [id.toLowerCase(), codes(names)]),
    ),
  };
}

const codesOf = (name: string): readonly DiagnosticCode[] =>
  validatorCodes.get(name.toLowerCase()) ?? (isCode(name) ? [name] : []);

/** Names that `exclude` can't suppress. */
export function lintDiagnostics(lint: YamlNode | undefined): readonly NewDiagnostic[] {
  const exclude = lookup(lint, 'exclude');
  if (exclude?.kind !== 'mapping') return [];
  return exclude.pairs.flatMap(({ value }) => {
    const names = value.kind === 'sequence' ? value.items : [value];
    return names.flatMap((name) => (name.kind === 'scalar' ? (nameError(name) ?? []) : []));
  });
}

function nameError({ text, start, end }: YamlScalar): NewDiagnostic | undefined {
  const span = { start, end };
  const codes = codesOf(text);
  if (codes.length === 0) {
    const near = nearest(text, [...Object.keys(codeCatalogue), ...validatorCodes.keys()]);
    const hint = near === undefined ? 'docs/lint.md has a table of both.' : didYouMean(near);
    return {
      code: 'PCK001',
      message: `\`${text}\` is neither a code of a diagnostic nor a validator of pySigma`,
      span,
      hint,
    };
  }
  if (!codes.every(leavesOut)) return undefined;
  return {
    code: 'PCK001',
    message: `\`${text}\` can't be excluded: the rule is missing from the packs because of it`,
    span,
    hint: 'Remove it.',
  };
}
