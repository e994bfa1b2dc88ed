import { type Browser, chromium } from 'playwright-core';
import { executablePath } from './chromium.ts';

/** The browser that the tests of the site run in, started. */
export const launched = (): Promise<Browser> =>
  chromium.launch(executablePath === undefined ? {} : { executablePath });
