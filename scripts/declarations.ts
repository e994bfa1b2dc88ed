// What the library exports, as its declaration file has it.
import { parseSync } from 'rolldown/utils';

/** A doc comment, taken apart at its tags. */
export interface Doc {
  /** What is in front of the first tag. */
  readonly text: string;
  /** Text by the name of the parameter. */
  readonly params: ReadonlyMap<string, string>;
  readonly returns?: string;
  readonly throws?: string;
  /** Programs in TypeScript. */
  readonly examples: readonly string[];
}

export interface Declaration {
  /** As it is exported; where it is not, as the declaration file calls it. */
  readonly name: string;
  readonly kind: 'function' | 'constant' | 'class' | 'type';
  readonly doc: Doc | undefined;
  /** The declaration without `declare`, with the comments of its members. */
  readonly text: string;
}

export interface Declarations {
  /** In the order of their names. */
  readonly exported: readonly Declaration[];
  /** What the exported ones are made of, in the order of the file. */
  readonly others: readonly Declaration[];
}

const kinds = {
  FunctionDeclaration: 'function',
  TSDeclareFunction: 'function',
  VariableDeclaration: 'constant',
  ClassDeclaration: 'class',
  TSInterfaceDeclaration: 'type',
  TSTypeAliasDeclaration: 'type',
} as const;
type Kind = keyof typeof kinds;
const isKind = (type: string): type is Kind => type in kinds;

/** A constant whose type is that of a function is one. */
const isFunction = (source: string): boolean => /^declare const [\w$]+: \(/.test(source);

/** A comment's text without its asterisks. */
const plainText = (comment: string): string =>
  comment
    .replace(/^\*/, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, ''))
    .join('\n')
    .trim();

export function docOf(comment: string): Doc {
  const [text = '', ...tags] = plainText(comment).split(
    /^@(?=(?:param|returns|throws|example)\b)/m,
  );
  const of = (tag: string): readonly string[] =>
    tags.filter((part) => part.startsWith(tag)).map((part) => part.slice(tag.length).trim());
  const params = of('param').map((part): [string, string] => {
    const [, name = '', rest = ''] = /^(\S+)\s*(?:-\s*)?(.*)$/s.exec(part) ?? [];
    return [name, rest];
  });
  const [returns] = of('returns');
  const [throws] = of('throws');
  return {
    text: text.trim(),
    params: new Map(params),
    ...(returns === undefined ? {} : { returns }),
    ...(throws === undefined ? {} : { throws }),
    examples: of('example'),
  };
}

/** With the exported names in place of those that the bundle gave, such as `Item$1`. */
const renamed = (text: string, exportedAs: ReadonlyMap<string, string>): string =>
  text.replace(/[\w$]+\$\d+/g, (local) => exportedAs.get(local) ?? local);

/** Declarations of a bundled declaration file, of which the last statement exports. */
export function declarationsOf(text: string): Declarations {
  const { program, comments } = parseSync('index.d.ts', text);
  const commentBefore = new Map(
    comments
      .filter(({ type, value }) => type === 'Block' && value.startsWith('*'))
      .map(({ end, value }) => [end + text.slice(end).search(/\S/), value]),
  );
  const exportedAs = new Map<string, string>();
  for (const node of program.body)
    if (node.type === 'ExportNamedDeclaration')
      for (const { local, exported } of node.specifiers)
        if (local.type === 'Identifier' && exported.type === 'Identifier')
          exportedAs.set(local.name, exported.name);
  const all = program.body.flatMap((node): readonly [string, Declaration][] => {
    if (!isKind(node.type)) return [];
    const source = text.slice(node.start, node.end);
    const [, local = ''] =
      /^(?:declare )?(?:const|function|class|abstract class|interface|type) ([\w$]+)/.exec(
        source,
      ) ?? [];
    const comment = commentBefore.get(node.start);
    return [
      [
        local,
        {
          name: exportedAs.get(local) ?? local,
          kind: isFunction(source) ? 'function' : kinds[node.type],
          doc: comment === undefined ? undefined : docOf(comment),
          text: renamed(source.replace(/^declare /, ''), exportedAs),
        },
      ],
    ];
  });
  return {
    exported: all
      .filter(([local]) => exportedAs.has(local))
      .map(([, declaration]) => declaration)
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    others: all.filter(([local]) => !exportedAs.has(local)).map(([, declaration]) => declaration),
  };
}
