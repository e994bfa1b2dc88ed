// The bundled declarations without what no user of the library reads.
import { parseSync } from 'rolldown/utils';

/** Replaces ranges of a text, given in any order. */
const replaced = (text, edits) =>
  edits
    .toSorted((a, b) => b.start - a.start)
    .reduce((rest, { start, end, by = '' }) => rest.slice(0, start) + by + rest.slice(end), text);

/** Declarations by their names, and the names of those whose comments are read. */
function declarationsIn(text) {
  const { program, comments } = parseSync('index.d.ts', text);
  const byName = new Map(
    program.body.flatMap((node) => {
      const name = node.id?.name ?? node.declarations?.[0]?.id.name;
      return name === undefined ? [] : [[name, node]];
    }),
  );
  const read = new Set(
    program.body.flatMap((node) => node.specifiers?.map(({ local }) => local.name) ?? []),
  );
  // members of what an exported type extends are its own
  for (const name of read)
    for (const { expression } of byName.get(name)?.extends ?? [])
      if (expression.type === 'Identifier') read.add(expression.name);
  return { byName, read, comments };
}

/** Without doc comments of what index.ts neither exports by name nor extends. */
function withoutInnerComments(text) {
  const { byName, read, comments } = declarationsIn(text);
  const kept = [...read].flatMap((name) => byName.get(name) ?? []);
  const edits = comments.flatMap(({ start, end }) => {
    const next = end + text.slice(end).search(/\S|$/);
    const isRead = kept.some(
      (node) => node.start === next || (start > node.start && end < node.end),
    );
    return isRead ? [] : [{ start, end: next }];
  });
  return replaced(text, edits);
}

/** `keyof typeof value`, where that is all that is asked of the value, as a union of its keys. */
function withKeysAlone(text) {
  const { byName, read } = declarationsIn(text);
  const edits = [...byName].flatMap(([name, node]) => {
    const members = node.declarations?.[0]?.id.typeAnnotation?.typeAnnotation.members;
    if (members === undefined || read.has(name)) return [];
    const uses = [...text.matchAll(new RegExp(`(keyof )?typeof ${name}\\b`, 'g'))];
    if (!uses.every(([, keyof]) => keyof)) return [];
    const keys = members.map(({ key }) => `'${key.name ?? key.value}'`).join(' | ');
    return [
      { start: node.start, end: node.end },
      ...uses.map(({ 0: use, index }) => ({ start: index, end: index + use.length, by: keys })),
    ];
  });
  return replaced(text, edits);
}

/** Without declarations that nothing refers to. */
function withoutUnused(text) {
  const { byName, read } = declarationsIn(text);
  const uses = new Map();
  for (const word of text.split(/[^\w$]+/)) uses.set(word, (uses.get(word) ?? 0) + 1);
  const unused = [...byName].filter(([name]) => !read.has(name) && uses.get(name) === 1);
  const edits = unused.map(([, { start, end }]) => ({ start, end }));
  return edits.length === 0 ? text : withoutUnused(replaced(text, edits));
}

export const leanDeclarations = {
  name: 'lean declarations',
  renderChunk: (code) =>
    withoutUnused(withKeysAlone(withoutInnerComments(code))).replace(/\n{2,}/g, '\n'),
};
