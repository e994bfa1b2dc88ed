import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commandPage, commandTable } from '../scripts/command-pages.ts';
import { createProgram } from '../src/cli/command/program.ts';
import { sigpack } from './sigpack.ts';
import { update } from './update.ts';

const docs = join(import.meta.dirname, '..', 'docs');
const folder = join(docs, 'commands');
const { commands } = createProgram();
const how = 'UPDATE=1 npx vitest run --project quick test/commands-page.test.ts writes it';

test.each(commands.map((command) => [command.name(), command] as const))(
  'docs/commands/%s.md is what the program has',
  async (name, command) => {
    const page = commandPage(command, (await sigpack([name, '--help'])).stdout);
    const path = join(folder, `${name}.md`);
    if (update) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(path, page);
    }
    expect(readFileSync(path, 'utf8'), how).toBe(page);
  },
);

test('there is no page of a command that is gone', () => {
  expect(readdirSync(folder).sort()).toEqual(
    commands.map((command) => `${command.name()}.md`).sort(),
  );
});

test('docs/commands.md lists them in the order of the help', () => {
  const path = join(docs, 'commands.md');
  const text = readFileSync(path, 'utf8');
  const table = /^\| command \|[^\n]*\n(?:\|[^\n]*\n)+/m;
  expect(text).toMatch(table);
  const page = text.replace(table, () => commandTable(commands));
  if (update) writeFileSync(path, page);
  expect(readFileSync(path, 'utf8'), how).toBe(page);
});
