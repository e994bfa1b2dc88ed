import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { changeTarget } from '../src/cli/install/change-command.ts';
import { createTerminal } from '../src/cli/terminal/terminal.ts';
import { createServerTexts } from '../src/install/server/server-text.ts';
import { readSplunkApp } from '../src/install/splunk/read-app.ts';
import { splunkCloudTarget } from '../src/install/splunk-cloud/target.ts';
import { connectionTo } from './fake/connection.ts';
import { startServer } from './fake/server.ts';
import { createFakeCloud } from './fake/splunk-cloud.ts';
import { createLab, firstRules, removeLabs, secondRules } from './install-lab.ts';
import { said } from './said.ts';

afterAll(removeLabs);

const stackToken = 'stack-token-0123456789';
const login = 'jane:pass-word-01';
const texts = createServerTexts();
for (const secret of [stackToken, login]) texts.keep(secret);
const terminal = createTerminal({ write: () => undefined }, {}, () => 0);

async function cloudLab(experience: 'victoria' | 'classic') {
  const cloud = createFakeCloud({ stack: 'acme-stack', login, stackToken, experience });
  const server = await startServer((request) => cloud.handle(request));
  const lab = createLab('{}');
  const targetFor = async (path: string | undefined) => {
    const archive = path === undefined ? undefined : readFileSync(path);
    const { url } = server;
    return splunkCloudTarget({
      server: connectionTo(url, { texts }),
      urls: { acs: url, login: url, appInspect: url },
      stack: 'acme-stack',
      experience,
      token: stackToken,
      // as the command gives it: AppInspect is not asked where nothing is installed
      login: archive && { user: 'jane', password: 'pass-word-01' },
      appId: 'acme',
      app: archive && { app: await readSplunkApp(archive), archive },
      pollEvery: 1,
      patience: 100,
    });
  };
  const install = (path: string) =>
    said(async () =>
      changeTarget({
        target: await targetFor(path),
        to: 'cloud',
        direction: 'install',
        onDrift: 'keep',
        texts,
        options: { yes: true, format: 'text', verbose: false },
        terminal,
      }),
    );
  return { cloud, server, lab, install, targetFor };
}

describe.each(['victoria', 'classic'] as const)('a stack of Splunk Cloud, %s', (experience) => {
  test('gets the app when AppInspect vouches for it', async () => {
    const { cloud, server, lab, install, targetFor } = await cloudLab(experience);
    const first = `${await lab.build('1.0.0', 1, firstRules)}/acme-1.0.0.spl`;
    const second = `${await lab.build('1.1.0', 2, secondRules)}/acme-1.1.0.spl`;
    const done = await install(first);
    expect(`${done.code} ${done.out}`).toMatch(
      /^0 cloud: app acme, nothing → 1\.0\.0\n {2}\+ app acme\n {2}The pack starts 1 search in the worst minute, 0\.2 on average\.\n {2}How many the server runs .*\ndone: cloud has 1\.0\.0/,
    );
    expect((await install(first)).out).toBe('cloud has 1.0.0 already; nothing to do\n');
    cloud.failures = ['check_for_something'];
    const refused = await install(second);
    expect(refused).toMatchObject({
      code: 4,
      out: expect.stringContaining('AppInspect refuses the app: check_for_something: not allowed'),
    });
    expect([...cloud.apps]).toEqual([['acme', '1.0.0']]);
    cloud.failures = [];
    expect((await install(second)).code).toBe(0);
    expect([...cloud.apps]).toEqual([['acme', '1.1.0']]);
    expect(await (await targetFor(undefined)).uninstall(() => undefined)).toMatchObject({
      objects: 1,
    });
    expect(cloud.apps.size).toBe(0);
    await server.close();
  });
});
