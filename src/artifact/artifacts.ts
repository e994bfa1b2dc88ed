import { createHash } from 'node:crypto';
import { conditionText } from '../backend/graylog/pipeline-rule/print.ts';
import { noPages } from '../docs/detection-page.ts';
import type { GraylogDetection, PackDetection, PackFile } from '../pack/model/detection.ts';
import type { Pack } from '../pack/pack.ts';
import { createRenderer, type Renderer, type TemplateSet } from '../pack/render/template.ts';
import { reportTemplateError } from '../pack/render/template-error.ts';
import { splunkGroups } from '../pack/splunk/grouped/groups.ts';
import type { DiagnosticBag } from '../source/diagnostic.ts';
import type { SourceFile } from '../source/span.ts';
import { gzipTar, zip } from './archive.ts';
import { ingestNote } from './ingest-note.ts';
import { type ArtifactDigest, manifestText } from './manifest.ts';
import { type Broken, brokenOf, diagnosticAbout, withoutBroken } from './sound-pack.ts';
import { type FilesInput, graylogPack, splunkApp } from './target-files.ts';

/** What {@link makeArtifacts} makes files of. */
export interface ArtifactInput extends FilesInput {
  readonly templates: TemplateSet;
  readonly toolVersion: string;
  readonly bag: DiagnosticBag;
  /** What diagnostics about the pack as a whole point at: sigpack.yml, or a stand-in for it. */
  readonly configFile: SourceFile;
  /** The file of a rule by its path, for diagnostics about it. */
  readonly ruleFile?: (path: string) => SourceFile | undefined;
}

/** An artifact of a build: a file to write, with its digest. */
export interface Artifact extends ArtifactDigest {
  readonly content: Uint8Array;
}

/**
 * Renders the files of a pack: Splunk app, Graylog content pack, manifest and release bundle. A
 * detection that breaks a pack by itself is left out of it, with a diagnostic (PCK007).
 *
 * @param given - The pack, and the templates of its files.
 * @returns The files, which the caller writes; undefined where a diagnostic says why there is no
 *   pack at all.
 * @example
 * import { readdirSync, readFileSync } from 'node:fs';
 * import { assemblePack, collect, createBag, makeArtifacts } from 'sigpack';
 * import { readConfig, readDocuments } from 'sigpack';
 *
 * const folder = new URL('templates/', import.meta.resolve('sigpack/package.json'));
 * const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' });
 * const templates = new Map(
 *   paths
 *     .filter((path) => path.endsWith('.hbs'))
 *     .map((path) => [path.replaceAll('\\', '/'), readFileSync(new URL(path, folder), 'utf8')]),
 * );
 * const text = `title: Logon
 * logsource: { product: windows, service: security }
 * detection: { selection: { EventID: 4624 }, condition: selection }
 * `;
 * const configFile = { path: 'sigpack.yml', text: 'targets: [graylog]' };
 * const bag = createBag();
 * const collection = collect(readDocuments({ path: 'rule.yml', text }, bag).documents, bag);
 * const config = readConfig(configFile, bag);
 * const artifacts =
 *   config &&
 *   (await makeArtifacts({
 *     pack: assemblePack({ collection, config, bag }),
 *     templates: { templates },
 *     customTemplates: false,
 *     assets: new Map(),
 *     toolVersion: '1.0.0',
 *     configFile,
 *     bag,
 *   }));
 * artifacts?.map(({ path }) => path);
 * // => ['sigpack-1.0.0-graylog.json', 'manifest.json', 'sigpack-1.0.0.zip']
 */
export const makeArtifacts = async (
  given: ArtifactInput,
): Promise<readonly Artifact[] | undefined> => (await artifactsOf(given))?.artifacts;

/** The files of a pack, and the pack as it is in them. */
export interface PackArtifacts {
  readonly artifacts: readonly Artifact[];
  readonly pack: Pack;
  /** Detections that were left out because they break the pack on their own. */
  readonly leftOut: readonly PackDetection[];
}

/** Like {@link makeArtifacts}, and returns what was left out. */
export async function artifactsOf(given: ArtifactInput): Promise<PackArtifacts | undefined> {
  const input = withoutEmpty(given);
  if (input.pack.config.targets.length === 0) return undefined;
  const render = createRenderer(input.templates);
  try {
    const first = await packed(input, render);
    if (first.reasons.length === 0)
      return { artifacts: first.artifacts, pack: given.pack, leftOut: [] };
    const broken = first.tooLarge ? tooLargeAlone(input, render) : brokenDetections(input, render);
    if (broken.length === 0) return reportReasons(input, first.reasons);
    reportBroken(input, broken);
    const pack = withoutBroken(input.pack, broken);
    const rest = withoutEmpty({ ...input, pack });
    if (rest.pack.config.targets.length === 0) return undefined;
    const { artifacts, reasons } = await packed(rest, render);
    if (reasons.length > 0) return reportReasons(input, reasons);
    return { artifacts, pack, leftOut: broken.map(({ detection }) => detection) };
  } catch (error) {
    return reportTemplateError(error, input.bag, input.configFile);
  }
}

function reportBroken({ bag, ruleFile }: ArtifactInput, broken: readonly Broken[]): void {
  for (const one of broken) {
    const { file, titleSpan: span } = one.detection.rule;
    const { code, message } = diagnosticAbout(one);
    bag.add(ruleFile?.(file.path) ?? { ...file, text: '' }, {
      code,
      message: `${one.target}: ${message}; the rule is left out`,
      span,
      target: one.target,
    });
  }
}

function reportReasons({ bag, configFile }: ArtifactInput, reasons: readonly string[]): undefined {
  for (const message of reasons)
    bag.add(configFile, { code: 'PCK007', message, span: { start: 0, end: 0 } });
}

/**
 * The input without targets of which every detection was left out: installing an empty pack would
 * remove everything that the one before it brought.
 */
function withoutEmpty(input: ArtifactInput): ArtifactInput {
  const { pack, bag, configFile } = input;
  const { targets } = pack.config;
  const empty =
    pack.outcomes.length === 0 ? [] : targets.filter((target) => pack[target].length === 0);
  if (empty.length === 0) return input;
  for (const target of empty) {
    const message =
      `${target}: every detection was left out, so no pack is written: installed, it would ` +
      'take all detections away';
    bag.add(configFile, {
      code: 'PCK005',
      message,
      hint: 'See why above, or leave the target out: `targets`.',
      span: { start: 0, end: 0 },
      target,
    });
  }
  return {
    ...input,
    pack: {
      ...pack,
      config: { ...pack.config, targets: targets.filter((target) => !empty.includes(target)) },
    },
  };
}

interface Packed {
  readonly artifacts: readonly Artifact[];
  readonly reasons: readonly string[];
  /** There are too many detections, none of which is too large by itself. */
  readonly tooLarge: boolean;
}

async function packed(input: ArtifactInput, render: Renderer): Promise<Packed> {
  const { pack, toolVersion, pages = noPages } = input;
  const { info, targets } = pack.config;
  const files: PackFile[] = [];
  // first what a server may refuse as a whole: then nothing else needs rendering
  const content = targets.includes('graylog') ? graylogPack(input, render) : undefined;
  if (content && content.reasons.length > 0)
    return { reasons: content.reasons, artifacts: [], tooLarge: content.tooLarge };
  const app = targets.includes('splunk') ? splunkApp(input, render) : undefined;
  if (app && app.reasons.length > 0)
    return { reasons: app.reasons, artifacts: [], tooLarge: false };
  if (app)
    files.push({ path: `${info.id}-${info.version}.spl`, content: await gzipTar(app.files) });
  if (content)
    files.push({ path: `${info.id}-${info.version}-graylog.json`, content: content.bytes });
  const packs = files.map(digested);
  const manifest = {
    path: 'manifest.json',
    content: manifestText(pack, packs, toolVersion, input.pathOf),
  };
  const readme = {
    path: 'README.md',
    content: render('bundle/README.md.hbs', bundleContext(pack, packs, pages.pages.length)),
  };
  const bundle = await zip(
    [...files, manifest, readme, ...pages.files].map((file) => ({
      ...file,
      path: `${info.id}-${info.version}/${file.path}`,
      store: file.path.endsWith('.spl'),
    })),
  );
  const bundled = { path: `${info.id}-${info.version}.zip`, content: bundle };
  return {
    reasons: [],
    artifacts: [...packs, digested(manifest), digested(bundled)],
    tooLarge: false,
  };
}

/** A detection with more characters may be too large for a pack by itself. */
const manyCharacters = 1 << 20;

/** Characters of its queries or, at ingest, of the conditions that messages are tested by. */
const charactersOf = ({ search, tested }: GraylogDetection): number =>
  (
    tested?.map(({ condition }) => conditionText(condition)) ??
    (search.kind === 'filter' ? search.queries : [])
  ).reduce((sum, text) => sum + text.length, 0);

function tooLargeAlone(input: ArtifactInput, render: Renderer): readonly Broken[] {
  const { pack } = input;
  return pack.graylog.flatMap((one) => {
    const alone =
      charactersOf(one) > manyCharacters
        ? graylogPack({ ...input, pack: { ...pack, graylog: [one] } }, render)
        : undefined;
    return alone?.tooLarge
      ? [
          {
            target: 'graylog',
            detection: one.detection,
            reason: alone.reasons.at(-1) ?? '',
          } as const,
        ]
      : [];
  });
}

/** The pack has no detections of targets that are not built. */
function brokenDetections(input: ArtifactInput, render: Renderer): readonly Broken[] {
  const { pack } = input;
  const found = {
    splunk: brokenOf(pack.splunk, (splunk) => {
      const some = { ...pack, splunk, groups: splunkGroups(splunk, pack.config), tombstones: [] };
      return splunkApp({ ...input, pack: some }, render).reasons;
    }),
    graylog: brokenOf(
      pack.graylog,
      (graylog) => graylogPack({ ...input, pack: { ...pack, graylog } }, render).reasons,
    ),
  };
  return (['splunk', 'graylog'] as const).flatMap((target) =>
    found[target].map(({ one, reason }) => ({ target, detection: one.detection, reason })),
  );
}

/** A file with its size and digest. */
export function digested({ path, content }: PackFile): Artifact {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return {
    path,
    content: bytes,
    size: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
}

function bundleContext(pack: Pack, artifacts: readonly ArtifactDigest[], pages: number): object {
  const { info, targets } = pack.config;
  return {
    info,
    splunk: targets.includes('splunk'),
    graylog: targets.includes('graylog'),
    ingest: ingestNote(pack) ?? false,
    detections: pack.outcomes.length,
    pages,
    artifacts,
  };
}
