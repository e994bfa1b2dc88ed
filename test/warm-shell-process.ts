// a process that runs the command lines that programs of `warmShell` send, one after the other
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromEntry, mainFile, sigpack } from './sigpack.ts';

interface Asked {
  readonly cwd: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Undefined until all of it is there: folder, number of arguments, these, environment, `end`. */
function askedIn(text: string): Asked | undefined {
  const [cwd = '', count = '', ...rest] = text.split('\0').slice(0, -1);
  const end = Number(count);
  if (count === '' || rest.length <= end || rest.at(-1) !== 'end') return undefined;
  const variables = rest.slice(end, -1).map((one): [string, string] => {
    const at = one.indexOf('=');
    return [one.slice(0, at), one.slice(at + 1)];
  });
  return { cwd, args: rest.slice(0, end), env: Object.fromEntries(variables) };
}

const folder = mkdtempSync(join(tmpdir(), 'sigpack-warm-'));
let runs = 0;

/** The exit code, and where the output is. */
async function answerOf({ cwd, args, env }: Asked): Promise<string> {
  const { code, stdout, stderr } = await sigpack(args, { cwd, env }, () => fromEntry(mainFile));
  const path = join(folder, String(++runs));
  writeFileSync(`${path}.out`, stdout);
  writeFileSync(`${path}.err`, stderr);
  return `${code}\n${path}\n`;
}

let before: Promise<unknown> = Promise.resolve();
const server = createServer((socket) => {
  let text = '';
  socket.setEncoding('utf8').on('data', (part: string) => {
    text += part;
    const asked = askedIn(text);
    if (asked) before = before.then(async () => socket.end(await answerOf(asked)));
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.(typeof address === 'object' ? address?.port : undefined);
});
process.on('disconnect', () => {
  rmSync(folder, { recursive: true, force: true });
  process.exit();
});
