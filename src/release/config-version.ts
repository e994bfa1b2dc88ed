import type { SourceFile } from '../source/span.ts';
import { rootOf } from '../source/yaml/parse.ts';
import { lookup } from '../source/yaml/tree.ts';

/** sigpack.yml with another version and revision, if it has them; the rest stays as written. */
export function withVersion(file: SourceFile, version: string, revision: number): string {
  const root = rootOf(file);
  const edits = [
    { node: lookup(root, 'version'), text: version },
    { node: lookup(root, 'revision'), text: String(revision) },
  ];
  let text = file.text;
  // from the end, so that earlier offsets stay valid
  for (const { node, text: value } of edits.sort(
    (a, b) => (b.node?.start ?? 0) - (a.node?.start ?? 0),
  )) {
    if (node) text = text.slice(0, node.start) + value + text.slice(node.end);
  }
  return text;
}
