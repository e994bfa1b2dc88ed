import { bundles, noPipeline } from './bundle.ts';

/** A one-word answer to how the fields of a target's events are named. */
export interface FieldChoice {
  readonly name: string;
  readonly description: string;
}

/** Takes the place of a bundle: it is a whole by itself. */
const dataModels: FieldChoice = { name: 'splunk-cim', description: 'CIM data models of Splunk' };

/** The events have the names that rules write. */
export const sigmaNames: FieldChoice = {
  name: noPipeline,
  description: 'events with the field names of Sigma',
};

/**
 * What there is to choose from for a target, `none` last; nothing else where no product of the
 * target is known.
 */
export function fieldChoices(target: string): readonly FieldChoice[] {
  const ofTarget = [...bundles].flatMap(([name, { targets, description }]) =>
    targets.includes(target) ? [{ name, description }] : [],
  );
  return [...ofTarget, ...(target === 'splunk' ? [dataModels] : []), sigmaNames];
}
