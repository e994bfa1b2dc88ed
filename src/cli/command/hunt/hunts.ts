import { graylog } from '../../../backend/graylog/target.ts';
import type { ConvertedEntry } from '../../../backend/target.ts';
import {
  type ConversionContext,
  convertedEntries,
  targetedRules,
} from '../../../convert/entries.ts';
import { createCountedWarnings } from '../../../pack/pipeline-report.ts';
import type { CompiledRule } from '../../../query/compile.ts';
import type { Collection, Rule } from '../../../sigma/collection/collection.ts';
import { type PackFacts, packFacts } from './pack-facts.ts';

/** The search of a rule in stored messages. */
export interface Hunt {
  readonly id?: string;
  readonly title: string;
  /** In the pack, where the rule has another title. */
  readonly name?: string;
  /** In the pack. */
  readonly level?: string;
  readonly file: string;
  /** Titles of the rule's own streams, in place of those of the pack. */
  readonly streams?: readonly string[];
  /** Empty: see `reason`. */
  readonly queries: readonly string[];
  /** Why a rule that pipelines test has no search. */
  readonly reason?: string;
  /** Of the server's search page, one for each query. */
  readonly links?: readonly string[];
}

export function huntsOf(
  collection: Collection,
  rules: readonly Rule[],
  context: ConversionContext,
  linkOf: ((query: string) => string) | undefined,
): readonly Hunt[] {
  const { config } = context;
  /** By place of the rule. */
  const reasons = new Map<string, string>();
  const warnings = createCountedWarnings(context.bag);
  const convert = (compiled: CompiledRule) => {
    const { mode, ...settings } = config.graylog;
    const own = packFacts(config, compiled.rule)?.streams ?? [];
    const streams = own.length > 0 && mode === 'search' ? { streams: own } : {};
    const searched = graylog.convert(compiled, { ...settings, ...streams, mode: 'search' });
    if (searched.ok || mode === 'search' || compiled.processing?.postprocess) return searched;
    if (!graylog.convert(compiled, { ...settings, mode }).ok) return searched;
    const [refusal] = searched.error;
    reasons.set(keyOf(compiled.rule), refusal?.message ?? '');
    return { ok: true as const, value: { queries: [] }, diagnostics: [] };
  };
  const entries = convertedEntries(
    targetedRules(collection, context, new Map(), rules),
    graylog.name,
    convert,
    context,
    warnings,
  );
  warnings.report();
  return entries.map((entry) => ({
    ...huntOf(entry, packFacts(config, entry.rule), config.graylog.mode === 'search'),
    ...reasonOf(reasons.get(keyOf(entry.rule))),
    ...(linkOf ? { links: entry.converted.queries.map(linkOf) } : {}),
  }));
}

const keyOf = ({ file, titleSpan }: CompiledRule['rule']): string =>
  `${titleSpan.start} ${file.path}`;

const reasonOf = (reason: string | undefined) => (reason === undefined ? {} : { reason });

function huntOf(
  { rule, converted }: ConvertedEntry,
  facts: PackFacts | undefined,
  hasOwnStreams: boolean,
): Hunt {
  const { id, title, file } = rule;
  const { name = title, level, streams = [] } = facts ?? {};
  return {
    ...(id === undefined ? {} : { id }),
    title,
    ...(name === title ? {} : { name }),
    ...(level === undefined ? {} : { level }),
    file: file.path,
    ...(hasOwnStreams && streams.length > 0 ? { streams } : {}),
    queries: converted.queries,
  };
}
