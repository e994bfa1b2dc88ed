import { existsSync } from 'node:fs';

const named = process.env.SIGPACK_CHROMIUM;
const usual = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'].map(
  (name) => `/usr/bin/${name}`,
);

/** The browser that the tests of the site run in; undefined where there is none. */
export const executablePath = (named === undefined ? usual : [named]).find((path) =>
  existsSync(path),
);
