import { existsSync } from 'node:fs';

const named = process.env.SIGPACK_CHROMIUM;
/** The first has no browser around its engine, and takes a third of the CPU. */
const usual = [
  'chromium-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
].map((name) => `/usr/bin/${name}`);

/** The browser that the tests of the site run in; undefined where there is none. */
export const executablePath = (named === undefined ? usual : [named]).find((path) =>
  existsSync(path),
);
