import type { Conversion } from '../backend/backend.ts';
import type { GraylogAggregation } from '../backend/graylog/correlation.ts';
import { graylog } from '../backend/graylog/target.ts';
import { splunk } from '../backend/splunk/target.ts';
import type { ConvertedRule } from '../backend/target.ts';
import type { Target } from '../pack/config.ts';
import type { GraylogDetection } from '../pack/detection.ts';
import type { DetectionPage, PackPages } from '../pack/detection-page.ts';
import type { DetectionOutcome } from '../pack/outcome.ts';
import type { Render } from '../pack/template.ts';
import type { CompiledRule } from '../query/compile.ts';
import { collectBundlePages } from './bundle-pages.ts';
import { dataNeeded } from './data-needed.ts';
import { ruleMarkdown } from './rule-markdown.ts';
import { inSectionOrder, rulePage } from './rule-page.ts';

export interface PackPageList {
  /** Takes the written rule of a detection, what it became and, in Graylog, what its event definitions search for. Throws `TemplateError`. */
  readonly add: (outcome: DetectionOutcome, search: GraylogDetection['search'] | undefined, written: CompiledRule) => void;
  readonly all: () => PackPages;
}

/** Collects the pages of a pack's detections, with their queries as they ship; none of those that no pack has. */
export function createPackPages(names: readonly Target[], render: Render): PackPageList {
  const renderDocs: Render = (name, context) => render(`docs/${name}.hbs`, context);
  const targets = inSectionOrder([graylog, splunk].filter(({ name }) => names.some((target) => target === name)));
  const pages: DetectionPage[] = [];
  const bundle = collectBundlePages();
  return {
    add(outcome, search, compiled) {
      if (![...outcome.targets.values()].some(({ kind }) => kind === 'compiled')) return;
      const aggregation = search?.kind === 'aggregation' ? search : undefined;
      const { detection } = outcome;
      const needed = dataNeeded(compiled);
      const page = rulePage(compiled, detection.slug, targets, ({ name }) => shipped(outcome, name, compiled, aggregation), needed);
      pages.push({ id: detection.id, dataNeeded: needed, source: page.source });
      bundle.add(detection, ruleMarkdown(page, renderDocs));
    },
    all: () => ({ pages, files: bundle.files() }),
  };
}

/** What the detection became in a pack, in the form of a conversion. */
function shipped({ targets }: DetectionOutcome, name: string, { rule }: CompiledRule, aggregation?: GraylogAggregation): Conversion<ConvertedRule> {
  const target: Target = name === 'splunk' ? 'splunk' : 'graylog';
  const outcome = targets.get(target);
  const place = { code: 'TGT001', file: rule.file, span: rule.titleSpan } as const;
  if (outcome?.kind !== 'compiled') return { ok: false, problems: (outcome?.reasons ?? []).map(({ message }) => ({ ...place, message })) };
  const remarks = target === 'graylog' && aggregation ? [{ ...place, message: aggregationText(aggregation) }] : [];
  return { ok: true, value: { queries: outcome.queries }, remarks };
}

/** What an event definition asks of the messages that its query finds. */
function aggregationText({ series, groupBy, conditions, within }: GraylogAggregation): string {
  const field = 'field' in series && series.field !== undefined ? series.field : '';
  const wanted = conditions.map(({ operator, value }) => `${series.type}(${field}) ${operator} ${value}`).join(' and ');
  return `the event definition wants ${wanted} within ${within} seconds${groupBy.length > 0 ? `, by ${groupBy.join(', ')}` : ''}`;
}
