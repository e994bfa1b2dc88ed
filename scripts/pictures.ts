/**
 * node scripts/pictures.ts: makes docs/pictures/ from what the program prints and from a page that
 * it writes. Needs Chromium (SIGPACK_CHROMIUM, or where Debian has it) and a build.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { terminalPicture } from './terminal-picture.ts';

const root = join(import.meta.dirname, '..');
const pictures = join(root, 'docs', 'pictures');
const folder = mkdtempSync(join(tmpdir(), 'sigpack-pictures-'));

function run(...args: readonly string[]): string {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, 'dist', 'lib', 'cli', 'main.js'), ...args],
    { cwd: folder, encoding: 'utf8', env: { ...process.env, FORCE_COLOR: '1', COLUMNS: '90' } },
  );
  const [first = '', ...rest] = stdout.split('\n');
  return `${first}\n${stderr}${rest.join('\n')}`.replace(/ in \d+\.\d+ s/, ' in 0.3 s');
}

const slip = `title: Encoded Command of PowerShell
id: 7d0f3e57-9a43-4b55-8f0e-3f5c6d1b8a24
status: test
logsource: { category: process_creation, product: windows }
detection:
  selection:
    Image|endswith: '\\powershell.exe'
    CommandLine|contians: ' -enc'
  condition: selection
level: high
`;

try {
  mkdirSync(pictures, { recursive: true });
  mkdirSync(join(folder, 'rules'));
  cpSync(join(root, 'rules', 'windows'), join(folder, 'rules', 'windows'), { recursive: true });
  writeFileSync(
    join(folder, 'sigpack.yml'),
    'id: acme_detections\ntitle: Acme detections\nversion: 1.4.0\n' +
      'pipelines: { splunk: splunk, graylog: graylog }\nsplunk: { index: windows }\n' +
      'graylog: { streams: [Windows] }\nseverities: { TGT002: "off" }\n',
  );
  writeFileSync(join(folder, 'rules', 'encoded.yml'), slip);
  const label = 'sigpack build names the line of a rule that is wrong, and builds the rest';
  const picture = terminalPicture('sigpack build', run('build'), label);
  writeFileSync(join(pictures, 'build.svg'), picture);
  writeFileSync(join(folder, 'rules', 'encoded.yml'), slip.replace('contians', 'contains'));
  run('docs', '-o', 'site');
  const executablePath = process.env.SIGPACK_CHROMIUM ?? '/usr/bin/chromium';
  const browser = await chromium.launch({ executablePath });
  const page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
  const name = 'powershell-encoded-command';
  await page.goto(pathToFileURL(join(folder, 'site', 'rules', `${name}.html`)).href);
  await page.screenshot({ path: join(pictures, 'page.png') });
  await browser.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
