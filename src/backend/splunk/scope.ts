import type { CompiledDetection } from '../../query/compile.ts';

/**
 * State of a pipeline that holds search terms for where the events of a rule are:
 * `index=windows source="XmlWinEventLog:Security"`.
 */
const scopeState = 'splunk_scope';

/** Where the events of a rule are, by a pipeline; undefined if no pipeline sets it. */
export function pipelineScope({ processing }: CompiledDetection): string | undefined {
  const scope = processing?.state.get(scopeState);
  return typeof scope === 'string' && scope !== '' ? scope : undefined;
}

/** State of a pipeline that names a data model, as in pySigma. */
export const dataModelState = 'data_model_set';

/** True where a pipeline wants the rule searched in a data model, instead of an index. */
export function inDataModel({ processing }: CompiledDetection): boolean {
  const name = processing?.state.get(dataModelState);
  return name !== undefined && name !== null && name !== '';
}
