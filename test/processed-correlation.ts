import { createTargetCompiler } from '../src/pipeline/run/target-compiler.ts';
import type { CompiledCorrelation } from '../src/query/compile.ts';
import { collect } from '../src/sigma/collection/collection.ts';
import { readDocuments } from '../src/sigma/collection/document.ts';
import { createBag } from '../src/source/diagnostic.ts';
import { told } from './diagnostics.ts';
import { pipelineOf } from './pipeline-run.ts';
import { valueIfOk } from './result.ts';

interface Processing {
  /** The rules that the correlations refer to, as a text. */
  readonly bases: string;
  /** Of a pipeline. */
  readonly items: string;
  readonly target: string;
}

/** The last of some correlations, `r0`, `r1` and so on, for a target; or the diagnostics. */
export function processedCorrelation(
  { bases, items, target }: Processing,
  bodies: readonly string[],
): CompiledCorrelation | string {
  const bag = createBag();
  const documents = bodies.map(
    (body, index) => `---\ntitle: R${index}\nname: r${index}\ncorrelation: { ${body} }\n`,
  );
  const collection = collect(
    readDocuments({ path: 'rule.yml', text: bases + documents.join('') }, bag).documents,
    bag,
  );
  const pipeline = pipelineOf(`priority: 10\ntransformations:\n${items}`, bag);
  if (!pipeline) throw new Error(told(bag).join('; '));
  const { compile } = createTargetCompiler({
    collection,
    placeholders: new Map(),
    bag,
    pipelines: new Map([[target, [pipeline]]]),
  });
  const rule = collection.rules.find(({ name }) => name === `r${bodies.length - 1}`);
  const compiled = rule && valueIfOk(compile(rule)?.forTarget(target))?.compiled;
  return compiled?.kind === 'correlation' ? compiled : told(bag).join('; ');
}
