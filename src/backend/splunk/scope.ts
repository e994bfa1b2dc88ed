import type { CompiledDetection } from '../../query/compile.ts';

/** State of a pipeline that holds search terms for where the events of a rule are: `index=windows source="XmlWinEventLog:Security"`. */
const scopeState = 'splunk_scope';

/** Where a pipeline says that the events of a rule are; undefined where none does. */
export function pipelineScope({ processing }: CompiledDetection): string | undefined {
  const scope = processing?.state.get(scopeState);
  return typeof scope === 'string' && scope !== '' ? scope : undefined;
}
