import { splunkAppPaths } from '../pack/splunk-app.ts';
import { readConf } from '../pack/splunk-conf.ts';

/** Stanzas of a conf file that a build never comes near: one of 100,000 rules has two for each. */
const maximumStanzas = 400_000;

/** Read back by each build, so that what Splunk would misread is not in them. */
const checkedConfs: ReadonlySet<string> = new Set(['default/app.conf', 'default/macros.conf', 'default/savedsearches.conf']);

/** Makes Splunk run a program to look something up. */
const runsProgram = /^external_/i;

/** Why an app holds what no build of Sigpack writes; undefined: it does not. Paths are those below its folder. */
export function appProblem(id: string, files: ReadonlyMap<string, Buffer>): string | undefined {
  const allowed = new Set(splunkAppPaths(id));
  for (const path of files.keys()) if (!allowed.has(path)) return `the app brings ${JSON.stringify(path)}, which no build of Sigpack writes`;
  for (const [path, bytes] of files) {
    const problem = path.endsWith('.conf') ? confProblem(path, bytes) : undefined;
    if (problem !== undefined) return `the app’s ${path} is none that a build of Sigpack writes: ${problem}`;
  }
  return undefined;
}

function confProblem(path: string, bytes: Buffer): string | undefined {
  if (hasMoreStanzas(bytes)) return `it has more than ${maximumStanzas} stanzas`;
  const { stanzas, problems } = readConf(bytes.toString('utf8'));
  if (checkedConfs.has(path) && problems[0] !== undefined) return problems[0];
  const running = [...stanzas].find(([, settings]) => [...settings.keys()].some((key) => runsProgram.test(key)));
  return path === 'default/transforms.conf' && running ? `[${running[0]}] makes Splunk run a program` : undefined;
}

/** Counted in the bytes: a file that has too many is not read at all. */
function hasMoreStanzas(bytes: Buffer): boolean {
  let count = 0;
  for (let at = bytes.indexOf('\n['); at >= 0 && count <= maximumStanzas; at = bytes.indexOf('\n[', at + 2)) count++;
  return count > maximumStanzas;
}
