import type { RegisteredTarget } from '../../backend/registry.ts';
import type { TargetFormat } from '../../backend/target.ts';
import { noTarget, targetName } from '../../backend/target-name.ts';
import { nearest } from '../../source/nearest.ts';
import { CommandError } from '../error/command-error.ts';

/** A target and one of its formats. */
export interface Chosen {
  readonly target: RegisteredTarget;
  readonly format: TargetFormat;
}

/**
 * Formats of sigma-cli that no target of Sigpack has, by the start of their names, and what to use
 * instead.
 */
const otherFormats: readonly (readonly [RegExp, string])[] = [
  [
    /^data-model/,
    '-p splunk-cim searches data models by tstats, in any format of splunk, and so does a ' +
      'pipeline that sets data_model_set',
  ],
  [/^dsl/, 'es-qs has the text of a query_string, xpack-watcher whole search bodies'],
  [
    /^(?:siem-rule|monitor-rule)/,
    'kibana-ndjson of es-qs has saved searches, xpack-watcher has watches',
  ],
  [/^dashboard/, 'kibana-ndjson has saved searches'],
];

/** The target of a name, which may be an alias. Throws a CommandError for an unknown name. */
export function namedTarget(targets: readonly RegisteredTarget[], name: string): RegisteredTarget {
  const known = targets.map((target) => target.name);
  const wanted = targetName(name, known);
  const target = targets.find((candidate) => candidate.name === wanted);
  if (!target) throw new CommandError(noTarget(name, known));
  return target;
}

/** The target with its format: the first one where no format, or `default`, is asked for. */
export function chosenTarget(
  targets: readonly RegisteredTarget[],
  name: string,
  wanted: string | undefined,
): Chosen {
  const target = namedTarget(targets, name);
  const plain = wanted?.toLowerCase().replaceAll('_', '-');
  const format =
    plain === undefined || plain === 'default'
      ? target.formats[0]
      : target.formats.find(
          (one) => one.name === wanted || one.name.replaceAll('_', '-') === plain,
        );
  if (!format) throw new CommandError(noFormat(target, wanted ?? '', plain ?? ''));
  return { target, format };
}

function noFormat({ name, formats }: RegisteredTarget, wanted: string, plain: string): string {
  const other = otherFormats.find(([pattern]) => pattern.test(plain))?.[1];
  if (other !== undefined) return `${name} has no format ${wanted}: ${other}`;
  const known = formats.map((format) => format.name);
  const near = nearest(plain, known);
  const start = `${name} has no format ${wanted};`;
  return near === undefined
    ? `${start} it has ${known.join(', ')}`
    : `${start} did you mean ${near}? It has ${known.join(', ')}`;
}
