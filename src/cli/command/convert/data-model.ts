import { type Conversion, placeOfRule, unconverted } from '../../../backend/backend.ts';
import { dataModelState, inDataModel } from '../../../backend/splunk/scope.ts';
import { targetName } from '../../../backend/target-name.ts';
import type { Pipeline } from '../../../pipeline/pipeline.ts';
import { type CompiledRule, detectionsBelow } from '../../../query/compile.ts';

/** The pipeline that `-f data_model` means where no other is named. */
export const dataModelPipeline = 'splunk-cim';

/** True for `-f data_model`: a format of sigma-cli, where Sigpack lets pipelines decide. */
export const asksForDataModel = (format: string | undefined, targets: readonly string[]): boolean =>
  /^data[_-]model$/i.test(format ?? '') &&
  targets.every((name) => targetName(name, ['splunk']) === 'splunk');

export const setDataModel = (pipelines: readonly Pipeline[] = []): boolean =>
  pipelines.some(({ file }) => file.text.includes(dataModelState));

/** Refuses a rule that no pipeline names a data model for; undefined where one does. */
export const withoutDataModel = (compiled: CompiledRule): Conversion<never> | undefined =>
  detectionsBelow(compiled).every(inDataModel)
    ? undefined
    : unconverted(
        placeOfRule(compiled.rule),
        'no pipeline names a data model for the rule',
        'Leave -f data_model out to search it in an index.',
      );
