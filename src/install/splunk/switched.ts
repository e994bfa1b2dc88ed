import { isScheduled } from '../../pack/settings/splunk-boolean.ts';
import { counted } from '../../source/plural.ts';
import { type AppFiles, savedSearchesIn } from './app-files.ts';

/** Names that a line shows. */
const namedDetections = 3;

/**
 * How many detections that both versions have are switched on or off by the second: a search of
 * its own runs a detection, or a grouped one.
 */
export function switchedLines(before: AppFiles | undefined, after: AppFiles): readonly string[] {
  if (before === undefined) return [];
  const [old, now] = [runningIn(before), runningIn(after)];
  const changed = (runs: boolean): readonly string[] =>
    [...now].flatMap(([id, one]) =>
      one.runs === runs && old.get(id)?.runs === !runs ? [one.name] : [],
    );
  return [
    ...line(changed(true), 'switched on', 'was off before'),
    ...line(changed(false), 'switched off', 'was on before'),
  ];
}

function line(names: readonly string[], what: string, was: string): readonly string[] {
  if (names.length === 0) return [];
  const shown = names.slice(0, namedDetections).map((name) => JSON.stringify(name));
  const more = names.length > shown.length ? [`${names.length - shown.length} more`] : [];
  const many = names.length === 1 ? was : was.replace('was', 'were');
  return [
    `${counted(names.length, 'detection is', 'detections are')} ${what} that ${many}: ` +
      `${[...shown, ...more].join(', ')}.`,
  ];
}

interface Running {
  readonly name: string;
  readonly runs: boolean;
}

/** Detections of an app by id. */
function runningIn(files: AppFiles): ReadonlyMap<string, Running> {
  const { stanzas, ids, runBy } = savedSearchesIn(files);
  const runs = (name = ''): boolean => isScheduled(stanzas.get(name) ?? new Map());
  return new Map(
    [...ids].map(([name, id]) => [id, { name, runs: runs(name) || runs(runBy.get(name)) }]),
  );
}
