import { completionsAt } from '../editor/completion.ts';
import { type Vocabulary, vocabularyOf } from '../editor/vocabulary.ts';
import { readDocuments } from '../sigma/collection/document.ts';
import { createBag } from '../source/diagnostic.ts';
import { createPlayground } from './compile.ts';
import type {
  PlaygroundAnswer,
  PlaygroundData,
  PlaygroundRequest,
  PlaygroundVocabulary,
} from './messages.ts';

/** Offered at a place: more than anybody reads make an editor slow. */
const maximumItems = 500;

/** Makes the function that answers a page. The first message has the data; it needs no answer. */
export function createAnswerer(
  newId: () => string,
): (request: PlaygroundRequest) => PlaygroundAnswer | undefined {
  let compile = createPlayground({}, newId);
  let seen: PlaygroundVocabulary = { fields: {} };
  const withData = ({ pipelines, vocabulary }: PlaygroundData): undefined => {
    compile = createPlayground(pipelines, newId);
    seen = vocabulary;
  };
  return (request) => {
    switch (request.kind) {
      case 'data':
        return withData(request.data);
      case 'compile':
        return { kind: 'compiled', id: request.id, result: compile(request.input) };
      case 'complete': {
        const { id, text, offset } = request;
        const { start, end, items } = completionsAt(text, offset, vocabularyFor(text, seen));
        const typed = text.slice(start, end).toLowerCase();
        const fitting = items.filter(({ label, detail = '' }) =>
          `${label}\n${detail}`.toLowerCase().includes(typed),
        );
        return { kind: 'completions', id, start, items: fitting.slice(0, maximumItems) };
      }
    }
  };
}

/** What other rules use, and the text itself. */
function vocabularyFor(text: string, { fields: bySource }: PlaygroundVocabulary): Vocabulary {
  const { documents } = readDocuments({ path: 'rule.yml', text }, createBag());
  const own = vocabularyOf(documents);
  const fields = new Map(own.fields);
  const fieldsBySource = new Map(own.fieldsBySource);
  const logSources = [...own.logSources];
  for (const [key, counts] of Object.entries(bySource)) {
    const [product = '', category = '', service = ''] = key.split('/');
    logSources.push({
      ...(product === '' ? {} : { product }),
      ...(category === '' ? {} : { category }),
      ...(service === '' ? {} : { service }),
    });
    fieldsBySource.set(
      key,
      new Map([...(fieldsBySource.get(key) ?? []), ...Object.entries(counts)]),
    );
    for (const [field, count] of Object.entries(counts))
      fields.set(field, (fields.get(field) ?? 0) + count);
  }
  return { ...own, fields, fieldsBySource, logSources };
}
