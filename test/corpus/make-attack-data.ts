import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { shared } from './corpus.ts';

// Writes src/attack/data.ts from MITRE's ids and names: node test/corpus/make-attack-data.ts

interface Source {
  readonly about: string;
  readonly tactics: readonly {
    readonly id: string;
    readonly shortname: string;
    readonly name: string;
  }[];
  readonly retiredTactics: Source['tactics'];
  readonly techniques: Readonly<
    Record<
      string,
      {
        readonly name: string;
        readonly tactics: readonly string[];
        readonly revokedBy?: string;
        readonly deprecated?: boolean;
      }
    >
  >;
}

const source: Source = JSON.parse(
  readFileSync(join(shared, 'attack', 'enterprise-attack.json'), 'utf8'),
);
const widest = 150;

/** Lines of at most about `widest` characters, each with the tactics of all its techniques. */
function techniqueLines(): readonly string[] {
  const byTactics = new Map<string, string[]>();
  for (const [id, { name, tactics, revokedBy, deprecated }] of Object.entries(source.techniques)) {
    if (/[|>~']/.test(name)) throw new Error(`the name of ${id} needs another separator: ${name}`);
    const key = tactics.join(' ');
    const entries = byTactics.get(key) ?? [];
    entries.push(`${id} ${name}${revokedBy ? `>${revokedBy}` : deprecated ? '~' : ''}`);
    byTactics.set(key, entries);
  }
  return [...byTactics].flatMap(([tactics, entries]) => {
    const lines: string[] = [];
    for (const entry of entries) {
      const last = lines.at(-1);
      if (last === undefined || last.length + entry.length > widest) lines.push(entry);
      else lines[lines.length - 1] = `${last}|${entry}`;
    }
    return [`  '=${tactics}',`, ...lines.map((line) => `  '${line}',`)];
  });
}

const tacticLine = ({ id, shortname, name }: Source['tactics'][number]): string =>
  `  ['${id}', '${shortname}', '${name}'],`;

/** The text of src/attack/data.ts. */
export const attackDataText = (): string => `// ${source.about}
// Made by test/corpus/make-attack-data.ts; not to be edited.

/** Id, short name and name, in the order of an attack. */
export const writtenTactics: readonly (readonly [id: string, shortName: string, name: string])[] = [
${source.tactics.map(tacticLine).join('\n')}
];

/** Names of tactics of older versions; the id is that of the tactic that took their place. */
export const writtenRetiredTactics: typeof writtenTactics = [${source.retiredTactics.map((tactic) => tacticLine(tactic).trim().slice(0, -1)).join(', ')}];

/** \`=tactics\` of the lines that follow; techniques \`id name\`, \`id name>revoked by\`, \`id name~\` (deprecated). */
export const writtenTechniques: readonly string[] = [
${techniqueLines().join('\n')}
];
`;
if (import.meta.main)
  writeFileSync(
    join(import.meta.dirname, '..', '..', 'src', 'attack', 'data.ts'),
    attackDataText(),
  );
