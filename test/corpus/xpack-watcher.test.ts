import { expect, it } from 'vitest';
import { defaultTargetSettings } from '../../src/backend/registry.ts';
import { xpackWatcher } from '../registered.ts';
import { compiledCorpus } from './compiled-corpus.ts';

it('the corpus is refused only for what Lucene lacks, and for a query that finds every event', () => {
  const problems: string[] = [];
  for (const rule of compiledCorpus()) {
    const conversion = xpackWatcher.convert(rule, defaultTargetSettings);
    if (!conversion.ok)
      problems.push(...conversion.error.map(({ message }) => message.slice(0, 30)));
    else
      expect(
        searchOf(conversion.value.document).replaceAll('{{ctx.metadata.brace}}', ''),
      ).not.toContain('{{');
  }
  expect(problems.sort()).toEqual([
    ...Array(5).fill("Elasticsearch can't compare a "),
    ...Array(2).fill("Lucene's regular expressions l"),
    'the query finds every event th',
  ]);
});

function searchOf(watch: unknown): string {
  const { input } = watch as {
    readonly input: { readonly search: { readonly request: { readonly body: unknown } } };
  };
  return JSON.stringify(input.search.request.body);
}
