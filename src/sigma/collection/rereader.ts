import type { SourceFile } from '../../source/span.ts';
import { parseYaml } from '../../source/yaml/parse.ts';
import type { YamlMapping } from '../../source/yaml/tree.ts';
import type { RuleHead } from '../rule/rule.ts';

/** Parses the documents of copies again, each file once: rules do not keep their documents. */
export function createRereader(): (
  rule: Pick<RuleHead, 'file' | 'span' | 'document'>,
) => YamlMapping | undefined {
  const files = new WeakMap<SourceFile, ReadonlyMap<number, YamlMapping>>();
  return ({ file, span, document }) => {
    if (document) return document;
    const maps = files.get(file) ?? mapsOf(file);
    files.set(file, maps);
    return maps.get(span.start);
  };
}

const mapsOf = (file: SourceFile): ReadonlyMap<number, YamlMapping> =>
  new Map(
    parseYaml(file).documents.flatMap((node) =>
      node.kind === 'mapping' ? [[node.start, node] as const] : [],
    ),
  );
