import { countedText } from '../../../source/number-text.ts';
import type { ContentPack } from '../content-pack-model.ts';
import type { PipelinesThere } from './server-pipelines.ts';
import { goneTexts, type WantedText } from './wanted-texts.ts';

/** What a change of pipelines makes a node do. */
export interface Rereads {
  /** How often it parses all pipeline rules: once for each text that is written or removed. */
  readonly times: number;
  /** Of the pack's pipeline rules. */
  readonly characters: number;
}

/** Measured on Graylog 6.3.7, two cores and a heap of 1,280 MB: see docs/graylog-pack.md. */
const charactersPerSecond = 1_300_000;
/** Below this nobody has to do anything. */
const shortSeconds = 60;

/** `known`: versions that the server may have texts of. */
export function rereadsOf(
  wanted: readonly WantedText[],
  known: readonly ContentPack[],
  { rules, pipelines }: PipelinesThere,
): Rereads {
  const there = ({ kind, title }: WantedText) =>
    (kind === 'pipeline' ? pipelines : rules).get(title);
  const written = wanted.filter((one) => there(one)?.source !== one.source);
  const removed = goneTexts(known, wanted).filter(there);
  const ruleTexts = wanted.filter(({ kind }) => kind === 'pipeline_rule');
  return {
    times: written.length + removed.length,
    characters: ruleTexts.reduce((sum, { source }) => sum + source.length, 0),
  };
}

const secondsOf = ({ times, characters }: Rereads): number =>
  (times * characters) / charactersPerSecond;

/** What a plan says of it; nothing where it takes less than a minute. */
export function rereadLines(rereads: Rereads): readonly string[] {
  const seconds = secondsOf(rereads);
  if (seconds < shortSeconds) return [];
  const { times, characters } = rereads;
  const megabytes = (characters / 1e6).toFixed(1);
  const work = `about ${durationText(seconds)} of work`;
  return [
    `Each node parses all pipeline rules (${megabytes} MB) once for each of ` +
      `${countedText(times, 'change')}, ${work}, and stores messages late meanwhile.`,
    'Restart each node after the install: a node that starts parses them once.',
  ];
}

/** What is to be done after an install; nothing where it takes less than a minute. */
export function restartNotes(rereads: Rereads): readonly string[] {
  const seconds = secondsOf(rereads);
  if (seconds < shortSeconds) return [];
  return [
    'Restart each node of Graylog now. Until then it parses all pipeline rules again and again, ' +
      `for about ${durationText(seconds)}, stores messages late and may raise no alerts.`,
  ];
}

function durationText(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  return minutes < 120
    ? countedText(minutes, 'minute')
    : countedText(Math.round(minutes / 60), 'hour');
}
