import { graylog } from '../../../backend/graylog/target.ts';
import type { ConvertedEntry } from '../../../backend/target.ts';
import {
  type ConversionContext,
  convertedEntries,
  targetedRules,
} from '../../../convert/entries.ts';
import { createCountedWarnings } from '../../../pack/pipeline-report.ts';
import { type CompiledRule, logSourcesOf } from '../../../query/compile.ts';
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
  const factsOf = new Map<ConvertedEntry['rule'], PackFacts | undefined>();
  const reasons = new Map<ConvertedEntry['rule'], string>();
  const warnings = createCountedWarnings(context.bag);
  const convert = (compiled: CompiledRule) => {
    const { mode, ...settings } = config.graylog;
    const facts = packFacts(config, compiled.rule, logSourcesOf(compiled));
    factsOf.set(compiled.rule, facts);
    const own = facts?.streams ?? [];
    const streams = own.length > 0 && mode === 'search' ? { streams: own } : {};
    const searched = graylog.convert(compiled, { ...settings, ...streams, mode: 'search' });
    if (searched.ok || mode === 'search' || compiled.processing?.postprocess) return searched;
    if (!graylog.convert(compiled, { ...settings, mode }).ok) return searched;
    const [refusal] = searched.error;
    reasons.set(compiled.rule, refusal?.message ?? '');
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
    ...huntOf(entry, factsOf.get(entry.rule), config.graylog.mode === 'search'),
    ...reasonOf(reasons.get(entry.rule)),
    ...(linkOf ? { links: entry.converted.queries.map(linkOf) } : {}),
  }));
}

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
