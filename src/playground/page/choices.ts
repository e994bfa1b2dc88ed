import { noPipeline } from '../../pipeline/bundle.ts';
import { fieldChoices } from '../../pipeline/field-choice.ts';
import { byId, element } from './elements.ts';

/** Products whose field names can be chosen, with the targets that search in them. */
const products: ReadonlyMap<string, readonly string[]> = new Map([
  ['splunk', ['splunk']],
  ['graylog', ['graylog']],
  ['elastic', ['es-qs', 'xpack-watcher']],
]);

/** The lists of pipelines, one for each product. */
export interface PipelineChoices {
  readonly chosen: () => Readonly<Record<string, readonly string[]>>;
  readonly choose: (chosen: Readonly<Record<string, readonly string[]>>) => void;
}

export function createChoices(onChange: () => void): PipelineChoices {
  const lists = [...products].map(([product, targets]) => {
    const list = byId(`pipelines-${product}`, HTMLSelectElement);
    const [target = ''] = targets;
    const options = fieldChoices(target).map(({ name, description }) =>
      element('option', { value: name }, name === noPipeline ? "Sigma's own" : description),
    );
    list.replaceChildren(element('option', { value: '' }, 'from the settings'), ...options);
    list.addEventListener('change', onChange);
    return { list, targets };
  });
  return {
    chosen: () =>
      Object.fromEntries(
        lists.flatMap(({ list, targets }) =>
          list.value === '' ? [] : targets.map((target) => [target, [list.value]]),
        ),
      ),
    choose(chosen) {
      for (const { list, targets } of lists) {
        const [target = ''] = targets;
        const [name = ''] = (Object.hasOwn(chosen, target) ? chosen[target] : undefined) ?? [];
        list.value = name;
        // a name that no option has
        if (list.value !== name) list.value = '';
      }
    },
  };
}
