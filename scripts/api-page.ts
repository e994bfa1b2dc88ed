// docs/api.md, from the declarations that the package ships and the rooms that index.ts names.
import type { Declaration, Declarations, Doc } from './declarations.ts';
import { wrapped } from './wrap.ts';

/** Headings with the rooms of src/ that their names are defined in, in the order of the page. */
const groups: readonly (readonly [heading: string, ...rooms: string[]])[] = [
  ['Texts and diagnostics', 'source'],
  ['Rules as written', 'sigma'],
  ['Rules as meant', 'query'],
  ['Conversion to targets', 'backend'],
  ['Matching', 'match'],
  ['Events', 'event'],
  ['Packs', 'pack', 'artifact'],
  ['Installing', 'install'],
];

const intro = `# API

What \`import ... from 'sigpack'\` gives, from the doc comments of the declarations that the package ships. A test runs
every example: \`expression; // => value\` is compared. [library.md](library.md) has a complete program,
[adding-a-target.md](adding-a-target.md) a plugin.

The library reads no files, no clock and no network: texts go in, values come out. Functions that read or compile take
a bag for [diagnostics](#diagnosticbag) and leave out what is wrong; a function throws only where its entry says so.

\`sigpack/core\` has the same without packs and installs, and uses no module and no global of Node: bundlers put it into
pages and workers. A test keeps it so.

This page is generated: \`UPDATE=1 npx vitest run test/index-page.test.ts\` writes it.
`;

/** Not shown: docs/diagnostics.md has the codes, and no export makes a pipeline. */
const hidden = ['codeCatalogue', 'Pipeline'];

/** The room of each name that index.ts exports. */
function roomsOf(index: string): ReadonlyMap<string, string> {
  const rooms = new Map<string, string>();
  for (const [, names = '', room = ''] of index.matchAll(
    /export (?:type )?\{([^}]*)\} from '\.\/([^/]+)\//g,
  ))
    for (const name of names.matchAll(/(?:type )?(\w+)(?: as \w+)?,?/g))
      rooms.set(name[1] ?? '', room);
  return rooms;
}

const code = (text: string): string => `\`\`\`ts\n${text}\n\`\`\``;
const anchor = (heading: string): string => heading.toLowerCase().replaceAll(' ', '-');

const item = (text: string): string => wrapped(text, '- ', '  ');

/** Names of `known` in a declaration, without its comments. */
function namesIn(
  { name, text }: Declaration,
  known: ReadonlyMap<string, Declaration>,
): readonly string[] {
  const words = text.replace(/\/\*\*.*?\*\//gs, '').match(/[\w$]+/g) ?? [];
  return [...new Set(words)].filter((word) => word !== name && known.has(word));
}

/** What declarations are made of, and those in turn, without what is in `shown`; adds to it. */
function madeOf(
  declarations: readonly Declaration[],
  known: ReadonlyMap<string, Declaration>,
  shown: Set<string>,
): readonly Declaration[] {
  return declarations.flatMap((declaration) =>
    namesIn(declaration, known).flatMap((name) => {
      const other = known.get(name);
      if (other === undefined || shown.has(name)) return [];
      shown.add(name);
      return [other, ...madeOf([other], known, shown)];
    }),
  );
}

/** What writes `{@link Name}` as a link to the heading of the name, if it has one. */
function linker(exported: ReadonlySet<string>): (text: string) => string {
  return (text) =>
    text.replace(/\{@link\s+([\w.]+)\}/g, (_, name: string) => {
      const [owner = ''] = name.split('.');
      return exported.has(owner) ? `[\`${name}\`](#${anchor(owner)})` : `\`${name}\``;
    });
}

/** Code has no links. */
const unlinked = (text: string): string => text.replace(/\{@link(?:\s+\*)?\s+([\w.]+)\}/g, '$1');

const facts = ({ params, returns, throws }: Doc): readonly string[] => [
  ...[...params].map(([name, text]) => `\`${name}\`: ${text}`),
  ...(returns === undefined ? [] : [`Returns: ${returns}`]),
  ...(throws === undefined ? [] : [`Throws: ${throws}`]),
];

function entry({ name, doc, text }: Declaration, link: (text: string) => string): string {
  const list = doc ? facts(doc).map((fact) => item(link(fact))) : [];
  return [
    `### ${name}`,
    ...(doc ? [link(doc.text)] : []),
    code(unlinked(text)),
    ...(list.length === 0 ? [] : [list.join('\n')]),
    ...(doc?.examples ?? []).flatMap((example) => ['Example:', code(example)]),
  ].join('\n\n');
}

/** A declaration that is not exported, with its comment in front. */
const inner = ({ doc, text }: Declaration): string =>
  doc === undefined ? text : `${doc.text.replace(/^/gm, '// ')}\n${text}`;

/** Functions and values before types. */
const inOrder = (declarations: readonly Declaration[]): readonly Declaration[] => [
  ...declarations.filter(({ kind }) => kind !== 'type'),
  ...declarations.filter(({ kind }) => kind === 'type'),
];

/** The text of the page. `index`: the source of index.ts. */
export function apiPage({ exported, others }: Declarations, index: string): string {
  const rooms = roomsOf(index);
  const known = new Map(others.map((declaration) => [declaration.name, declaration]));
  const link = linker(new Set(exported.map(({ name }) => name)));
  const shown = new Set(hidden);
  const contents: string[] = [];
  const sections = groups.map(([heading, ...own]) => {
    const names = inOrder(exported.filter(({ name }) => own.includes(rooms.get(name) ?? '')));
    const links = names.map(({ name }) => `[${name}](#${anchor(name)})`);
    contents.push(item(`[${heading}](#${anchor(heading)}): ${links.join(', ')}`));
    const parts = madeOf(names, known, shown);
    const more = [
      'Types within these, which have no export of their own:',
      code(unlinked(parts.map(inner).join('\n\n'))),
    ];
    const entries = names.map((declaration) => entry(declaration, link));
    return [`## ${heading}`, ...entries, ...(parts.length === 0 ? [] : more)].join('\n\n');
  });
  return `${[intro.trim(), contents.join('\n'), ...sections].join('\n\n')}\n`;
}
