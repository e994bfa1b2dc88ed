import type { NewDiagnostic } from '../../source/diagnostic.ts';
import { lookup, type YamlNode } from '../../source/yaml/tree.ts';
import { comesWithServer, holdsEvents } from '../graylog/ingest/ingest-streams.ts';
import { versionNumber } from '../settings/server-version.ts';

/** What {@link ingestDiagnostics} checks. */
export interface IngestSettings {
  /** Of sigpack.yml. */
  readonly root: YamlNode;
  /** The maps of settings for detections in it. */
  readonly settings: readonly YamlNode[];
  /** The oldest server's version. */
  readonly minimum: number;
  /** The title of the stream of hits, which may be the default. */
  readonly detectionsStream: string;
}

/** The first server whose pipelines can add to a list of ids. */
const ingestSince = versionNumber(6, 0);

/** Checks keys that depend on `graylog.mode: ingest`. */
export function ingestDiagnostics(checked: IngestSettings): readonly NewDiagnostic[] {
  const graylog = lookup(checked.root, 'graylog');
  const mode = lookup(graylog, 'mode');
  if (!mode || textOf(mode) !== 'ingest') return [];
  const streams = lookup(graylog, 'streams');
  const found: NewDiagnostic[] = [];
  if (checked.minimum < ingestSince)
    found.push({
      code: 'PCK001',
      message: 'Graylog before 6.0 has no function to add to a list, which rules at ingest need',
      hint: 'Set `graylog.minimumServerVersion: 6.0.0`, or take `mode: search`.',
      span: mode,
    });
  if (streams?.kind === 'scalar')
    found.push({
      code: 'PCK001',
      message: '`mode: ingest` tests the messages of streams that are named',
      hint: 'Name their titles. Without the key, it is the Default Stream.',
      span: streams,
    });
  return [...found, ...hitsDiagnostics(checked)];
}

/** Hits that come in again would be tested again, and raise hits without end. */
function hitsDiagnostics({
  root,
  settings,
  detectionsStream,
}: IngestSettings): readonly NewDiagnostic[] {
  const chosen = lookup(lookup(root, 'graylog'), 'detectionsStream');
  if (chosen && comesWithServer(detectionsStream))
    return [
      {
        code: 'PCK001',
        message: 'the stream of the detections is one that Graylog itself brings',
        hint: 'Give it a title of its own: the pack brings it, for hits and nothing else.',
        span: chosen,
      },
    ];
  const nodes = [...streamNodes(root, settings), ...parameterNodes(root)];
  const ofEvents = nodes
    .filter((node) => holdsEvents(textOf(node) ?? ''))
    .map((span): NewDiagnostic => ({ code: 'PCK001', ...eventsTested, span }));
  const tested = nodes.find((node) => textOf(node) === detectionsStream);
  if (!tested) return ofEvents;
  return [
    ...ofEvents,
    {
      code: 'PCK001',
      message: 'the stream of the detections is one of those whose messages are tested',
      hint: chosen
        ? 'Give it a title of its own: the pack brings it.'
        : 'Leave it out here: the pack brings it, for hits and nothing else.',
      span: chosen ?? tested,
    },
  ];
}

const eventsTested = {
  message: 'the stream is one of the events that Graylog itself raises, alerts among them',
  hint: 'Leave it out: name the streams of the messages that rules are to test.',
};

/** Titles under `streams`: those of the pack, and those in settings for detections. */
const streamNodes = (root: YamlNode, settings: readonly YamlNode[]): readonly YamlNode[] =>
  [root, ...settings].flatMap((node) => {
    const streams = lookup(lookup(node, 'graylog'), 'streams');
    return streams?.kind === 'sequence' ? streams.items : [];
  });

/** What installations give the parameter of the stream. */
function parameterNodes(root: YamlNode): readonly YamlNode[] {
  const name = textOf(lookup(lookup(root, 'graylog'), 'streamParameter'));
  const installs = lookup(root, 'installs');
  if (name === undefined || installs?.kind !== 'mapping') return [];
  return installs.pairs.flatMap(({ value }) => lookup(lookup(value, 'parameters'), name) ?? []);
}

const textOf = (node: YamlNode | undefined): string | undefined =>
  node?.kind === 'scalar' ? node.text : undefined;
