import { logSourceText } from '../pipeline/describe.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { CompiledRule } from '../query/compile.ts';
import { detectionsBelow, rulesBelow } from '../query/compile.ts';
import type { StrangeSource } from '../query/processing.ts';
import { createRereader } from '../sigma/collection/rereader.ts';
import type { SourcePart } from '../sigma/rule/rule.ts';
import type { DiagnosticCode } from '../source/code/catalogue.ts';
import type { DiagnosticBag } from '../source/diagnostic.ts';
import { didYouMean } from '../source/nearest.ts';
import type { Span } from '../source/span.ts';
import { logSourceSpan } from './log-source-span.ts';

/** Reports what many rules have in common once, at the first of them, with their number. */
export interface CountedWarnings {
  readonly add: (
    code: Extract<DiagnosticCode, 'PIP003' | 'PIP004' | 'PIP010' | 'TGT007' | 'TGT008'>,
    target: string,
    message: string,
    rule: CompiledRule['rule'],
    about?: About,
  ) => void;
  /** Notes the names of a pipeline that no public source confirms, once for all of them. */
  readonly addUnproved: (
    target: string,
    pipeline: string,
    names: readonly string[],
    rule: CompiledRule['rule'],
  ) => void;
  readonly report: () => void;
}

/** The default is the title of the rule and the hint of the code. */
interface About {
  readonly hint?: string;
  /** The part of the log source; undefined for the log source as a whole. */
  readonly source?: { readonly part: SourcePart | undefined };
}

interface Counted {
  readonly code: DiagnosticCode;
  readonly target: string;
  readonly message: string;
  /** Appended to the message. */
  readonly names: Set<string>;
  readonly first: CompiledRule['rule'];
  readonly about: About;
  /**
   * Spans of titles, which all forms of a rule share: a rule below several correlations counts
   * once.
   */
  readonly rules: Set<Span>;
}

export function createCountedWarnings(bag: DiagnosticBag): CountedWarnings {
  const found: Counted[] = [];
  const byTarget = new Map<string, Map<string, Counted>>();
  const count = (
    code: DiagnosticCode,
    target: string,
    message: string,
    first: CompiledRule['rule'],
    about: About = {},
  ): Counted => {
    const messages = byTarget.get(target) ?? new Map<string, Counted>();
    byTarget.set(target, messages);
    let known = messages.get(message);
    if (!known) {
      known = { code, target, message, names: new Set(), first, about, rules: new Set() };
      messages.set(message, known);
      found.push(known);
    }
    known.rules.add(first.titleSpan);
    return known;
  };
  return {
    add(code, target, message, first, about) {
      count(code, target, message, first, about);
    },
    addUnproved(target, pipeline, names, first) {
      const known = count(
        'PIP011',
        target,
        `no public source proves these names of the pipeline ${pipeline}: `,
        first,
      );
      for (const name of names) known.names.add(name);
    },
    report() {
      // rules do not keep the places in their log sources, as few need them
      const documentOf = createRereader();
      for (const { code, target, message, names, first, about, rules } of found) {
        const list = [...names].sort().map((name) => `\`${name}\``);
        const others = rules.size === 1 ? '' : `, in ${rules.size} rules (the first is here)`;
        bag.add(first.file, {
          code,
          message: `${target}: ${message}${list.join(', ')}${others}`,
          span:
            (about.source && logSourceSpan(documentOf(first), about.source.part)) ??
            first.titleSpan,
          target,
          hint: about.hint,
        });
      }
    },
  };
}

const strangeText = ({ part, name, product }: StrangeSource): string =>
  `no pipeline knows the ${part} \`${name}\` of ${product}, so nothing narrows the search to ` +
  'its events';

/** About a log source that the pipelines do not know. */
const aboutSource = (part: SourcePart | undefined, near: string | undefined): About => ({
  source: { part },
  hint:
    near === undefined
      ? 'Correct the name in `logsource`; where it is right, give the log source a place and ' +
        'fields in a pipeline of your own.'
      : didYouMean(near),
});

/**
 * What pipelines leave open in a rule and those below it: unmapped fields, log sources whose fields
 * are unknown, names that no public source confirms.
 */
export function warnOfPipelines(
  warnings: CountedWarnings,
  target: string,
  compiled: CompiledRule,
): void {
  if (compiled.kind === 'detection' && !compiled.processing) return;
  for (const { rule, processing } of detectionsBelow(compiled)) {
    if (processing?.known === false)
      warnings.add(
        'PIP003',
        target,
        'no pipeline knows the fields of the log source ' +
          `${logSourceText(processing.logsource ?? rule.logsource)}`,
        rule,
        aboutSource(processing.nearSource?.part, processing.nearSource?.near),
      );
    else if (processing?.strange) {
      const { part, near } = processing.strange;
      const about = aboutSource(part, near);
      warnings.add('PIP003', target, strangeText(processing.strange), rule, about);
    }
  }
  for (const { rule, processing } of rulesBelow(compiled)) {
    for (const field of processing?.unmapped ?? [])
      warnings.add('PIP003', target, `no pipeline maps the field \`${field}\``, rule);
    for (const { pipeline, names } of processing?.unproved ?? [])
      warnings.addUnproved(target, pipeline, names, rule);
  }
}

/** Once per pipeline, as the packs have a form of their own. */
export function warnOfFinalizers(bag: DiagnosticBag, pipelines: readonly Pipeline[]): void {
  const message =
    'finalizers are left out: they make the text that `sigpack convert` prints in its ' +
    'default format';
  for (const { file, finalizers } of new Set(pipelines))
    for (const { span } of finalizers) bag.add(file, { code: 'PIP005', message, span });
}
