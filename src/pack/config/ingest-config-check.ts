import type { NewDiagnostic } from '../../source/diagnostic.ts';
import { lookup, textOfScalar, type YamlNode } from '../../source/yaml/tree.ts';
import { comesWithServer, holdsEvents } from '../graylog/ingest/ingest-streams.ts';
import { configDiagnostic } from '../settings/config-diagnostic.ts';
import { versionNumber } from '../settings/server-version.ts';

/** What {@link ingestDiagnostics} checks. */
export interface IngestSettings {
  /** Of sigpack.yml. */
  readonly root: YamlNode;
  /** The maps of settings for detections in it. */
  readonly settings: readonly YamlNode[];
  /** The oldest server, as {@link versionNumber} has it. */
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
  if (!mode || textOfScalar(mode) !== 'ingest') return [];
  const streams = lookup(graylog, 'streams');
  const found: NewDiagnostic[] = [];
  if (checked.minimum < ingestSince)
    found.push(
      configDiagnostic(
        mode,
        'Graylog before 6.0 has no function to add to a list, which rules at ingest need',
        'Set `graylog.minimumServerVersion: 6.0.0`, or take `mode: search`.',
      ),
    );
  if (streams?.kind === 'scalar')
    found.push(
      configDiagnostic(
        streams,
        '`mode: ingest` tests the messages of streams that are named',
        'Name their titles. Without the key, it is the Default Stream.',
      ),
    );
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
      configDiagnostic(
        chosen,
        'the stream of the detections is one that Graylog itself brings',
        'Give it a title of its own: the pack brings it, for hits and nothing else.',
      ),
    ];
  const nodes = [...streamNodes(root, settings), ...parameterNodes(root)];
  const ofEvents = nodes
    .filter((node) => holdsEvents(textOfScalar(node) ?? ''))
    .map((node) =>
      configDiagnostic(
        node,
        'the stream is one of the events that Graylog itself raises, alerts among them',
        'Leave it out: name the streams of the messages that rules are to test.',
      ),
    );
  const tested = nodes.find((node) => textOfScalar(node) === detectionsStream);
  if (!tested) return ofEvents;
  return [
    ...ofEvents,
    configDiagnostic(
      chosen ?? tested,
      'the stream of the detections is one of those whose messages are tested',
      chosen
        ? 'Give it a title of its own: the pack brings it.'
        : 'Leave it out here: the pack brings it, for hits and nothing else.',
    ),
  ];
}

/** Titles under `streams`: those of the pack, and those in settings for detections. */
const streamNodes = (root: YamlNode, settings: readonly YamlNode[]): readonly YamlNode[] =>
  [root, ...settings].flatMap((node) => {
    const streams = lookup(lookup(node, 'graylog'), 'streams');
    return streams?.kind === 'sequence' ? streams.items : [];
  });

/** What installations give the parameter of the stream. */
function parameterNodes(root: YamlNode): readonly YamlNode[] {
  const name = textOfScalar(lookup(lookup(root, 'graylog'), 'streamParameter'));
  const installs = lookup(root, 'installs');
  if (name === undefined || installs?.kind !== 'mapping') return [];
  return installs.pairs.flatMap(({ value }) => lookup(lookup(value, 'parameters'), name) ?? []);
}
