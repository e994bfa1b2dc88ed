import { bundles, noPipeline } from './bundle.ts';

/** How the fields of a target's events are named, as one word. */
export interface FieldChoice {
  readonly name: string;
  readonly description: string;
}

/** A pipeline that needs no others, like a bundle. */
const dataModels: FieldChoice = { name: 'splunk-cim', description: 'CIM data models of Splunk' };

/** Events have the names that rules use. */
export const sigmaNames: FieldChoice = {
  name: noPipeline,
  description: 'events with the field names of Sigma',
};

/** The choices for a target, `none` last; only `none` where no product of the target is known. */
export function fieldChoices(target: string): readonly FieldChoice[] {
  const ofTarget = [...bundles].flatMap(([name, { targets, description }]) =>
    targets.includes(target) ? [{ name, description }] : [],
  );
  return [...ofTarget, ...(target === 'splunk' ? [dataModels] : []), sigmaNames];
}
