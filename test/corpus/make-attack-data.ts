import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { shared } from './corpus.ts';

// Writes the data of src/attack from MITRE's ids and names: node test/corpus/make-attack-data.ts

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
const widest = 95;

/** Joins words or entries to lines of at most `widest` characters. */
function inLines(parts: readonly string[], separator: string): readonly string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const last = lines.at(-1);
    if (last === undefined || last.length + separator.length + part.length > widest)
      lines.push(part);
    else lines[lines.length - 1] = `${last}${separator}${part}`;
  }
  return lines;
}

type Technique = Source['techniques'][string];

const isRetired = ({ revokedBy, deprecated }: Technique): boolean =>
  revokedBy !== undefined || deprecated === true;

function techniqueLines(isWanted: (technique: Technique) => boolean): string {
  const byTactics = new Map<string, string[]>();
  for (const [id, technique] of Object.entries(source.techniques)) {
    const { name, tactics, revokedBy, deprecated } = technique;
    if (/[|>~']/.test(name)) throw new Error(`the name of ${id} needs another separator: ${name}`);
    if (!isWanted(technique)) continue;
    const key = tactics.join(' ');
    const entries = byTactics.get(key) ?? [];
    entries.push(`${id} ${name}${revokedBy ? `>${revokedBy}` : deprecated ? '~' : ''}`);
    byTactics.set(key, entries);
  }
  return [...byTactics]
    .flatMap(([tactics, entries]) => [`=${tactics}`, ...inLines(entries, '|')])
    .map((line) => `  '${line}',\n`)
    .join('');
}

const tacticLine = ({ id, shortname, name }: Source['tactics'][number]): string =>
  `  ['${id}', '${shortname}', '${name}'],\n`;

const heading = `${inLines(source.about.split(' '), ' ')
  .map((line) => `// ${line}\n`)
  .join('')}// Made by test/corpus/make-attack-data.ts; not to be edited.\n`;

/** The texts of the files in src/attack, by name. */
export const attackDataFiles = {
  'tactics.ts': `${heading}
type Tactic = readonly [id: string, shortName: string, name: string];

/** The tactics of today, in the order of an attack. */
export const tacticData: readonly Tactic[] = [
${source.tactics.map(tacticLine).join('')}];

/** Tactics of older versions; the id is that of the tactic that took their place. */
export const retiredTacticData: readonly Tactic[] = [
${source.retiredTactics.map(tacticLine).join('')}];
`,
  'techniques.ts': `${heading}
/** \`=tactics\` of the lines that follow; then \`id name\`, separated by \`|\`. */
export const techniqueData: readonly string[] = [
${techniqueLines((technique) => !isRetired(technique))}];
`,
  'retired-techniques.ts': `${heading}
/**
 * \`=tactics\` of the lines that follow; then \`id name>id of the successor\` (revoked) or \`id name~\`
 * (deprecated), separated by \`|\`.
 */
export const retiredTechniqueData: readonly string[] = [
${techniqueLines(isRetired)}];
`,
} as const;

if (import.meta.main)
  for (const [name, text] of Object.entries(attackDataFiles))
    writeFileSync(join(import.meta.dirname, '..', '..', 'src', 'attack', name), text);
