import { oneLine } from '../pack/chosen-pipelines.ts';
import type { GraylogConfig } from '../pack/config/graylog-config.ts';
import { detectionsTitle, tuningTitle } from '../pack/graylog/ingest/detections-stream.ts';
import type { Pack } from '../pack/pack.ts';
import { madeFor, parameterPlace } from './made-for.ts';

/** What people who install a pack for ingest have to know of it. */
export interface IngestNote {
  /** Those that are on. */
  readonly detections: number;
  /** Whose messages are tested: `the streams Linux, Windows`. */
  readonly streams: string;
  /** Title of the stream that the pack brings. */
  readonly hits: string;
  /** Title of the admin's own pipeline. */
  readonly tuning: string;
}

/** Undefined: the pack has no pipelines. */
export function ingestNote(pack: Pack): IngestNote | undefined {
  const { info, graylog, targets } = pack.config;
  if (graylog.mode !== 'ingest' || !targets.includes('graylog')) return undefined;
  const places = madeFor(pack).flatMap((made) => (made.target === 'graylog' ? made.places : []));
  return {
    detections: pack.graylog.filter(({ detection }) => detection.settings.enabled).length,
    streams: streamsText(places, graylog),
    hits: oneLine(detectionsTitle(info, graylog)),
    tuning: tuningTitle(info.id),
  };
}

function streamsText(places: readonly string[], { streamParameter }: GraylogConfig): string {
  if (places.length > 1) return `the streams ${places.join(', ')}`;
  const [only = ''] = places;
  const isParameter = streamParameter !== undefined && only === parameterPlace(streamParameter);
  return isParameter ? `the ${only}` : `the stream ${only}`;
}

/** For the description of the content pack. */
export const ingestText = ({ streams, hits, tuning }: IngestNote): string =>
  `Its pipelines test each message of ${streams} when it arrives. What rules find goes to the ` +
  `stream "${hits}". "Pipeline Processor" has to be on, and after "Message Filter Chain" and ` +
  '"Stream Rule Processor" (System > Configurations > Message Processors). Install and update ' +
  `it with \`sigpack install\`, which also makes "${tuning}", a pipeline of yours for ` +
  'exclusions. By hand, Graylog from 7.0 on makes that stream paused, and an update removes it.';
