import { techniqueNames } from '../attack/names.ts';
import type { PackPages } from '../docs/detection-page.ts';
import type { Target } from '../pack/config/config.ts';
import { streamChoice } from '../pack/config/graylog-config.ts';
import { type ContentPack, renderContentPack } from '../pack/graylog/content-pack.ts';
import { detectionsTitle } from '../pack/graylog/ingest/detections-stream.ts';
import { indexMacros } from '../pack/index-macro.ts';
import { ruleAddress } from '../pack/model/rule-address.ts';
import type { Pack } from '../pack/pack.ts';
import type { Render, Renderer } from '../pack/render/template.ts';
import { ingestNote, ingestText } from './ingest-note.ts';
import { madeFor, madeForLine } from './made-for.ts';
import { renderSplunkApp, type SplunkApp } from './splunk/app.ts';

/** What the files of each target are rendered from. */
export interface FilesInput {
  readonly pack: Pack;
  /** True when a folder of custom templates overrides some of the built-in ones. */
  readonly customTemplates: boolean;
  /** Bytes of the files that are not templates, such as the icons of the app, by path. */
  readonly assets: ReadonlyMap<string, Uint8Array>;
  /** Paths of rule files as the packs have them. Default: as they were read. */
  readonly pathOf?: (path: string) => string;
  /** Pages of the detections, for the app's view and the bundle. */
  readonly pages?: PackPages;
}

export function splunkApp(
  { pack, assets, pages, customTemplates }: FilesInput,
  render: Renderer,
): SplunkApp {
  const { splunk } = pack.config;
  const info = { ...pack.config.info, description: described(pack, 'splunk', ' ') };
  const macros = indexMacros(
    pack.config,
    pack.splunk.flatMap((entry) => entry.scopes),
  );
  return renderSplunkApp({
    info,
    detections: pack.splunk,
    groups: pack.groups,
    enterpriseSecurity: splunk.enterpriseSecurity,
    summaryIndex: splunk.summaryIndex,
    tombstones: pack.tombstones,
    macros,
    render,
    assets,
    attackNames: techniqueNames(),
    pages: pages?.pages ?? [],
    templatesAreOurs: !customTemplates,
  });
}

export function graylogPack(
  { pack, customTemplates, pathOf = (path) => path }: FilesInput,
  render: Render,
): ContentPack {
  const { graylog, ruleUrl } = pack.config;
  const detectionsStream = detectionsTitle(pack.config.info, graylog);
  const linkOf = (path: string): string | undefined => ruleAddress(ruleUrl, pathOf(path));
  const ingest = { detectionsStream, ...(ruleUrl === '' ? {} : { linkOf }) };
  const info = { ...pack.config.info, description: described(pack, 'graylog', '\n\n') };
  const { minimumServerVersion, leadingWildcards, titlePrefix, priority, notification, dashboard } =
    graylog;
  const content = {
    minimumServerVersion,
    leadingWildcards,
    titlePrefix,
    priority,
    notification,
    dashboard,
    streams: streamChoice(graylog),
    ...(graylog.mode === 'ingest' ? { ingest } : {}),
  };
  const options = { ...content, customTemplates, templatesAreOurs: !customTemplates };
  return renderContentPack({ info, detections: pack.graylog, options, render });
}

/**
 * The description, and the product that the pack was made for: people who install it see no other
 * hint.
 */
function described(pack: Pack, target: Target, between: string): string {
  const lines = madeFor(pack).flatMap((made) => (made.target === target ? madeForLine(made) : []));
  const note = target === 'graylog' ? ingestNote(pack) : undefined;
  return [pack.config.info.description.trim(), ...(note ? [ingestText(note)] : []), ...lines]
    .filter((text) => text !== '')
    .join(between);
}
