import { type Conversion, mapped, placeOfType, unconverted } from '../../../backend/backend.ts';
import { postprocessedRule } from '../../../backend/postprocess.ts';
import type { RegisteredTarget, TargetSettings } from '../../../backend/registry.ts';
import { targetSettings } from '../../../convert/target-settings.ts';
import { eventDefinitionSentence } from '../../../docs/event-definition.ts';
import type { PageQuery } from '../../../docs/rule-page.ts';
import { createRelations } from '../../../docs/site/relations.ts';
import type { RuleRecord } from '../../../docs/site/rule-record.ts';
import { type DocsFormat, docsFiles } from '../../../docs/site/site.ts';
import { createSlugs } from '../../../docs/slug.ts';
import type { PackConfig } from '../../../pack/config/config.ts';
import { correlationInGraylog } from '../../../pack/graylog-correlation.ts';
import type { PackFile } from '../../../pack/model/detection.ts';
import { createRenderer, type Render } from '../../../pack/render/template.ts';
import { createTargetCompiler, type TargetedRule } from '../../../pipeline/run/target-compiler.ts';
import {
  type CompiledCorrelation,
  type CompiledRule,
  logSourcesOf,
} from '../../../query/compile.ts';
import type { Collection } from '../../../sigma/collection/collection.ts';
import { failed, ok } from '../../../source/result.ts';
import { projectTemplates } from '../../project/compile-rules.ts';
import type { Project } from '../../project/project.ts';

/** What the files of a site are rendered with. */
export interface SiteTemplates {
  readonly render: Render;
  readonly assets: ReadonlyMap<string, Uint8Array>;
}

export function siteTemplates(project: Project): SiteTemplates {
  const { templates, assets } = projectTemplates(project);
  return { render: createRenderer({ templates }), assets };
}

interface PagesInput {
  readonly collection: Collection;
  readonly targets: readonly RegisteredTarget[];
  readonly format: DocsFormat;
  readonly recordOf: (compiled: CompiledRule) => RuleRecord;
  readonly templates: SiteTemplates;
}

/** All files of the site, each made when it is asked for. */
export function projectPages(
  project: Project,
  { collection, targets, format, recordOf, templates: { render, assets } }: PagesInput,
): Iterable<PackFile> {
  const { loaded, bag, terminal, pipelines } = project;
  const { config } = loaded;
  const { placeholders, unmatchable } = config;
  const { compile } = createTargetCompiler({
    collection,
    placeholders,
    bag,
    pipelines,
    unmatchable,
  });
  const made = new WeakMap<CompiledRule, Made>();
  function* rules(): Generator<CompiledRule> {
    for (const [index, rule] of collection.rules.entries()) {
      terminal.progress(index, collection.rules.length, 'writing pages');
      const compiled = compile(rule);
      if (!compiled) continue;
      made.set(compiled.written, { compiled, alerts: collection.standsAlone(rule) });
      yield compiled.written;
    }
  }
  const settings = new Map(
    targets.map(({ name }) => [name, targetSettings(config, pipelines.get(name))]),
  );
  const slugOf = createSlugs(collection.rules);
  return docsFiles({
    title: config.info.title,
    rules: rules(),
    slugOf,
    targets,
    first: config.targets,
    relationsOf: createRelations(collection, slugOf),
    recordOf,
    convert: (target, compiled) =>
      conversionOf(target, compiled, made.get(compiled), {
        config,
        settings: settings.get(target.name) ?? targetSettings(config),
      }),
    format,
    render,
    assets,
  });
}

interface Made {
  readonly compiled: TargetedRule;
  /** False for a rule that only serves correlations. */
  readonly alerts: boolean;
}

interface Converting {
  readonly config: PackConfig;
  readonly settings: TargetSettings;
}

/** What the target's pipelines make of the rule, in its language. */
function conversionOf(
  target: RegisteredTarget,
  written: CompiledRule,
  made: Made | undefined,
  { config, settings }: Converting,
): Conversion<PageQuery> {
  const rule = made?.compiled.forTarget(target.name) ?? ok({ compiled: written });
  if (rule.ok) {
    const { compiled } = rule.value;
    if (target.name === 'graylog' && compiled.kind === 'correlation')
      return made?.alerts === false
        ? noDefinition(compiled)
        : eventDefinition(compiled, written, config);
    return postprocessedRule(target.convert(compiled, settings), compiled);
  }
  const { file, titleSpan: span } = written.rule;
  const { code, message } = rule.error;
  return failed([
    { code: code === 'PIP007' || code === 'PIP008' ? code : 'PIP002', message, file, span },
  ]);
}

/** Graylog has no query for a correlation, but an event definition, which searches with one. */
const eventDefinition = (
  compiled: CompiledCorrelation,
  written: CompiledRule,
  config: PackConfig,
): Conversion<PageQuery> =>
  mapped(correlationInGraylog(compiled, logSourcesOf(written), config), (search) => ({
    queries: [search.query],
    use: eventDefinitionSentence(search, config.graylog.mode === 'ingest' ? 'hits' : 'messages'),
  }));

const noDefinition = ({ rule }: CompiledCorrelation): Conversion<PageQuery> =>
  unconverted(
    placeOfType(rule),
    'the content pack has event definitions for rules that alert, and this one only serves others',
    'With `generate: true` in those, it alerts too.',
  );
