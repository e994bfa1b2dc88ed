import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DayResult } from '../correlation-day/runs.ts';
import { existing, root } from './places.ts';

/** Alerts of correlations over streams of a day, by one target. */
export interface CorrelationVerdict {
  readonly target: string;
  readonly rules: number;
  readonly streams: string;
  readonly expected: number;
  readonly missed: number;
  readonly extra: number;
  /** Of a target whose docs say that it may find more: the reason. */
  readonly reason?: string;
  /** What else the page says of it. */
  readonly note?: string;
}

/** What a target missed and had too many, of all its rules and streams; printed as well. */
export function judgedAlerts(
  target: string,
  rules: number,
  streams: string,
  results: readonly (DayResult & { readonly label: string })[],
): CorrelationVerdict {
  const sum = (count: (result: DayResult) => number): number =>
    results.reduce((total, result) => total + count(result), 0);
  const verdict = {
    target,
    rules,
    streams,
    expected: sum(({ expected }) => expected),
    missed: sum(({ missed }) => missed.length),
    extra: sum(({ extra }) => extra.length),
  };
  console.log(
    `${target}: ${rules} rules, ${streams} streams, ${verdict.expected} alerts, ${verdict.missed} missed, ${verdict.extra} extra`,
  );
  const wrong = results.filter(({ missed, extra }) => missed.length + extra.length > 0);
  for (const { label, missed, extra } of wrong.slice(0, 20))
    console.log(`  ${label}: misses ${missed.slice(0, 3)}; has too many: ${extra.slice(0, 3)}`);
  return verdict;
}

const folder = join(root, 'dist', 'proof');
/** The files that parts of the proof write, in the order of the page. */
const files = {
  searches: 'correlations.json',
  watches: 'correlations-watches.json',
  graylog: 'correlations-graylog.json',
} as const;

/**
 * Writes what one part found; the run fails where an alert is missed, or is too many without a
 * reason.
 */
export function reportAlerts(
  part: keyof typeof files,
  verdicts: readonly CorrelationVerdict[],
): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, files[part]), `${JSON.stringify(verdicts, undefined, 2)}\n`);
  if (
    verdicts.some(({ missed, extra, reason }) => missed > 0 || (extra > 0 && reason === undefined))
  )
    process.exitCode = 1;
}

export const correlationVerdicts = (): readonly CorrelationVerdict[] =>
  Object.values(files).flatMap(
    (file) =>
      JSON.parse(
        readFileSync(existing(join(folder, file), 'run bash test/judges/run.sh proof'), 'utf8'),
      ) as readonly CorrelationVerdict[],
  );

const row = ({ target, rules, streams, expected, missed, extra }: CorrelationVerdict): string =>
  `| ${target} | ${rules} | ${streams} | ${expected.toLocaleString('en')} | ${missed} | ${extra} |`;

/** The section of docs/proof.md. */
export const correlationSection = (
  verdicts: readonly CorrelationVerdict[],
): string => `## Correlations

Every type and operator, with and without groups, chains, silence; over streams of a day that are steady, bursty,
sparse, late, out of order, on the edges of minutes, or silent. In Splunk the saved searches run at the minutes of
their own schedules, each over what has arrived by then, and each run must find the groups that a plain evaluator
finds in the windows that end in its time, and no others. \`sigpack match\` is tested at every event of the streams
without two events at one time.

Watches and LogPoint have [other windows](convert.md#windows-of-correlations). The search and the condition of each
watch run on OpenSearch at the times of its schedule, over what has arrived by then; those of LogPoint in the reader
of the tests. Each run must find the groups that the plain evaluator finds in its documented window, and no others.
Where windows overlap, every sliding window that fulfils the condition must also be found by a run that contains it
completely.

Graylog has [other windows](graylog-pack.md#correlations), too. The content pack is installed on the real server, the
streams are in its index, on a day in the past, and the server executes each definition for every run of the day: many
windows in one execution, as when it catches up, or, where events are late, a separate run over what has arrived. The
events that it raises are compared as those of watches are. Definitions whose windows overlap have \`delay: 10m\`; the
others lose late events, as documented, and so does the evaluator there.

| target | rules | streams | alerts expected | missed | extra |
| --- | --- | --- | --- | --- | --- |
${verdicts.map(row).join('\n')}

${verdicts.flatMap(diagnosticsOn).join('\n')}
`;

const diagnosticsOn = ({ target, extra, reason, note }: CorrelationVerdict): readonly string[] => [
  ...(reason !== undefined && extra > 0
    ? [`- ${target}: the ${extra.toLocaleString('en')} extra are ${reason}.`]
    : []),
  ...(note === undefined ? [] : [`- ${note}`]),
];
