import type { Target } from '../pack/config/config.ts';
import type { DetectionOutcome } from '../pack/outcome.ts';
import type { CompiledOutcome } from '../pack/pack.ts';
import type { Render } from '../pack/render/template.ts';
import { collectBundlePages } from './bundle-pages.ts';
import { dataNeededOf } from './data-needed.ts';
import type { DetectionPage, PackPages } from './detection-page.ts';
import { type MarkdownPage, ruleMarkdown } from './rule-markdown.ts';
import { diagnosticText, factRows, sourceOf } from './rule-page.ts';

/** Services of Windows that both record the events of some categories. */
const windowsRecorders = ['sysmon', 'security'];

export interface PackPageList {
  /** Adds a detection with its outcome, and its rule as written. Throws `TemplateError`. */
  readonly add: (outcome: CompiledOutcome) => void;
  readonly all: () => PackPages;
}

/**
 * Collects a page for each detection that a pack has. The pages have no queries: those are in the
 * packs. `oneService`: a search of the Splunk app may look at one Windows service alone, which only
 * pipelines choose.
 */
export function createPackPages(
  names: readonly Target[],
  render: Render,
  oneService: boolean,
): PackPageList {
  const renderDocs: Render = (name, context) => render(`docs/${name}.hbs`, context);
  const services = oneService && names.includes('splunk') ? windowsRecorders : [];
  const wanted = (['graylog', 'splunk'] as const).filter((name) => names.includes(name));
  const pages: DetectionPage[] = [];
  const bundle = collectBundlePages();
  return {
    add({ outcome: { detection, targets }, written }) {
      const outcomes = [...targets.values()];
      if (outcomes.every(({ kind }) => kind === 'skipped')) return;
      const { lines, ofService } = dataNeededOf(written, services);
      const source = sourceOf(written.rule);
      const sections = wanted.flatMap((name) => reasonSection(name, targets) ?? []);
      pages.push({
        id: detection.id,
        dataNeeded: lines,
        ...(ofService ? { dataNeededOf: ofService } : {}),
        source,
      });
      bundle.add(
        detection,
        ruleMarkdown(
          { rows: factRows(written.rule, detection.attack, lines), source, sections },
          renderDocs,
        ),
      );
    },
    all: () => ({ pages, files: bundle.files() }),
  };
}

/** Why a pack lacks the detection; undefined if it has it. */
function reasonSection(
  name: Target,
  targets: DetectionOutcome['targets'],
): MarkdownPage['sections'][number] | undefined {
  const outcome = targets.get(name);
  return outcome?.kind === 'skipped'
    ? {
        name,
        query: '',
        diagnostics: outcome.reasons.map(({ message }) => diagnosticText(message)),
      }
    : undefined;
}
