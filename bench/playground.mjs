// How soon a page of the playground shows queries, from the start of its navigation, in Chromium.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { executablePath } from '../test/site/chromium.ts';
import { median } from './measure.mjs';
import { sigpack, temporaryFolder } from './places.mjs';

const loads = 7;
const names = {
  load: 'load event',
  query: 'queries',
  compiled: 'answer of the worker',
  editor: 'editor',
};

/** Prints a table. No figure has a budget: the clock counts, which other processes disturb. */
export async function playgroundFigures() {
  if (executablePath === undefined) {
    console.log('\nmissing: Chromium, so the playground is not measured');
    return [];
  }
  const folder = temporaryFolder();
  const page = join(folder, 'playground.html');
  const [command, ...start] = sigpack;
  execFileSync(command, [...start, 'playground', '-o', page], { cwd: folder });
  const runs = await withBrowser(folder, async (browser) => {
    const all = [];
    // the first load also starts parts of the browser
    for (let load = 0; load <= loads; load++)
      all.push(await timesOf(browser, pathToFileURL(page).href));
    return all.slice(1);
  });
  console.log(`\nplayground in Chromium: from the navigation, median of ${loads} loads`);
  console.table(
    Object.fromEntries(
      Object.entries(names).map(([key, name]) => {
        const times = runs.map((run) => run[key]);
        const [least, most] = [Math.min(...times), Math.max(...times)];
        const row = { median: median(times), least, most };
        return [name, Object.fromEntries(Object.entries(row).map(([of, ms]) => [of, shown(ms)]))];
      }),
    ),
  );
  return [];
}

const shown = (milliseconds) => `${milliseconds.toFixed(0)} ms`;

/** The times of a page, once it has all of them. */
const times = `new Promise((resolve) => {
  const look = () => {
    const [navigation] = performance.getEntriesByType('navigation');
    const marks = performance.getEntriesByType('mark');
    const found = {
      load: navigation.loadEventEnd || undefined,
      ...Object.fromEntries(marks.map((one) => [one.name, one.startTime])),
    };
    const hasAll = ${JSON.stringify(Object.keys(names))}.every((name) => found[name] !== undefined);
    if (hasAll) resolve(found);
    else setTimeout(look, 100);
  };
  look();
})`;

/** Loads the page in a tab of its own. */
async function timesOf({ send }, url) {
  const { targetId } = await send('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
  await send('Page.navigate', { url }, sessionId);
  const expression = { expression: times, awaitPromise: true, returnByValue: true };
  const { result } = await Promise.race([
    send('Runtime.evaluate', expression, sessionId),
    wait(10_000, undefined, { ref: false }).then(() => {
      throw new Error('the playground lacks one of its times after 10 s');
    }),
  ]);
  await send('Target.closeTarget', { targetId });
  return result.value;
}

/** A browser by its protocol alone: Playwright lets each worker wait for a debugger. */
async function withBrowser(folder, work) {
  const flags = [
    '--headless',
    '--no-first-run',
    '--window-size=1280,900',
    '--disable-dev-shm-usage',
  ];
  // Chromium refuses its sandbox to root
  if (process.getuid?.() === 0) flags.push('--no-sandbox');
  const profile = join(folder, 'profile');
  const child = spawn(
    executablePath,
    [...flags, '--remote-debugging-port=0', `--user-data-dir=${profile}`, 'about:blank'],
    // a group of its own: Debian's command is a script, which would end without the browser
    { stdio: ['ignore', 'ignore', 'pipe'], detached: true },
  );
  const ended = once(child, 'exit');
  const end = () => {
    try {
      process.kill(-child.pid);
    } catch (error) {
      // it has ended by itself
      if (error.code !== 'ESRCH') throw error;
    }
  };
  process.once('exit', end);
  try {
    return await work(await connected(child.stderr));
  } finally {
    process.off('exit', end);
    end();
    await ended;
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Sends commands, and waits for their answers. */
async function connected(output) {
  let text = '';
  let address;
  for await (const chunk of output.setEncoding('utf8')) {
    text += chunk;
    [address] = /ws:\S+(?=\s)/.exec(text) ?? [];
    if (address !== undefined) break;
  }
  const socket = new WebSocket(address);
  await once(socket, 'open');
  const waiting = new Map();
  socket.addEventListener('message', ({ data }) => {
    const { id, result, error } = JSON.parse(data);
    const settle = waiting.get(id);
    waiting.delete(id);
    if (error) settle?.reject(new Error(error.message));
    else settle?.resolve(result);
  });
  let last = 0;
  const send = (method, params, sessionId) => {
    const id = ++last;
    socket.send(JSON.stringify({ id, method, params, sessionId }));
    return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
  };
  return { send };
}
