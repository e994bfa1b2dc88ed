import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type AdoptedRule, adoptedLock } from '../../../adopt/adopted-lock.ts';
import type { Match } from '../../../adopt/match-stanzas.ts';
import type { PackConfig } from '../../../pack/config/config.ts';
import { lockText } from '../../../release/lock/text.ts';
import { rootOf } from '../../../source/yaml/parse.ts';
import { lookup } from '../../../source/yaml/tree.ts';
import { CommandError } from '../../error/command-error.ts';
import { type ExitCode, exitCodes } from '../../error/exit-code.ts';
import type { LoadedConfig } from '../../files/config-file.ts';
import { shownPath } from '../../files/rule-files.ts';
import { writeWhole } from '../../files/write-whole.ts';
import { compileRules } from '../../project/compile-rules.ts';
import { openProject, reportProject } from '../../project/project.ts';
import { lockName } from '../../release/lock-file.ts';
import { createTerminal } from '../../terminal/terminal.ts';
import { type Adoption, adoptionOf } from './adoption.ts';
import { readAdopted } from './source.ts';
import { adoptionText } from './text.ts';

export interface AdoptOptions {
  readonly config?: string;
  /** In place of those of the configuration. */
  readonly pipeline?: readonly string[];
  readonly dryRun?: boolean;
  readonly verbose?: boolean;
  readonly format: 'text' | 'json';
}

/**
 * `sigpack adopt`: names of the saved searches of an app go into sigpack.lock, so that what an
 * admin has set under them goes on working.
 */
export async function adopt(path: string, options: AdoptOptions): Promise<ExitCode> {
  const app = readAdopted(path);
  const { config, pipeline, format, dryRun = false, verbose = false } = options;
  const names = format === 'text' ? 'first' : 'verbose';
  const answer = { format: 'text', verbose: false, names } as const;
  const opened = await openProject(
    { config, pipeline, adjust: withSplunk, compares: true, rules: [] },
    answer,
  );
  if (!opened.ok) return opened.error;
  const project = opened.value;
  const { loaded } = project;
  const { info } = loaded.config;
  const lockPath = join(loaded.folder, lockName);
  if (existsSync(lockPath))
    throw new CommandError(
      `${shownPath(lockPath)} already says what was published; names are adopted before the ` +
        'first release',
    );
  const adoption = adoptionOf(app, compileRules(project, []).pack());
  const { found } = adoption.matches;
  const isNothing = found.length === 0;
  const isWritten = !dryRun && !isNothing;
  if (isWritten) writeWhole(lockPath, lockText(adoptedLock(info, app, found)));
  const lock = isWritten ? shownPath(lockPath) : undefined;
  project.terminal.clear();
  if (format === 'json')
    process.stdout.write(`${JSON.stringify(asJson(adoption, info.id, lock), null, 1)}\n`);
  else {
    const { paint, width } = createTerminal(process.stdout, process.env, () => 0);
    const pack = { ...info, isVersionWritten: hasVersion(loaded) };
    process.stdout.write(adoptionText(adoption, pack, lock, { paint, width, verbose }));
  }
  const code = reportProject(project, answer);
  return isNothing && code === exitCodes.success ? exitCodes.findings : code;
}

/** Only the names of the Splunk app are adopted. */
const withSplunk = (config: PackConfig): PackConfig => ({
  ...config,
  targets: ['splunk'],
  overBudget: 'warn',
});

const hasVersion = ({ file }: LoadedConfig): boolean =>
  lookup(rootOf(file), 'version') !== undefined;

/** `lock`: the path of the lock, if it was written. */
function asJson(
  { app, matches, unnamed, local, lost, switchedOff, switchedOn }: Adoption,
  pack: string,
  lock: string | undefined,
): unknown {
  const shown = ({ stanza, rule, by }: Match<AdoptedRule>) => ({
    stanza: stanza.name,
    rule: rule.id,
    title: rule.title,
    by,
  });
  return {
    version: 1,
    app: { id: app.id, version: app.version },
    pack,
    adopted: matches.found.map(shown),
    unnamed: unnamed.map(shown),
    second: matches.second.map(shown),
    withoutRule: matches.withoutRule.map(({ name }) => name),
    local,
    lost,
    switchedOff,
    switchedOn,
    unread: app.unread ?? [],
    lock: lock ?? null,
  };
}
