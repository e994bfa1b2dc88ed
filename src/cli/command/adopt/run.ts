import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type AdoptedRule, adoptedLock, isStanzaName } from '../../../adopt/adopted-lock.ts';
import { type LocalSettings, localSettings, runsAsShipped } from '../../../adopt/local-settings.ts';
import { type Match, type Matches, matchStanzas } from '../../../adopt/match-stanzas.ts';
import type { AdoptedApp } from '../../../adopt/stanza.ts';
import type { PackConfig } from '../../../pack/config/config.ts';
import { enabledIds } from '../../../pack/config/enabled.ts';
import type { SplunkDetection } from '../../../pack/model/detection.ts';
import { stanzaKey } from '../../../pack/render/conf-text.ts';
import { lockText } from '../../../release/lock/text.ts';
import { compareVersions } from '../../../release/version.ts';
import { rootOf } from '../../../source/yaml/parse.ts';
import { lookup } from '../../../source/yaml/tree.ts';
import { CommandError } from '../../error/command-error.ts';
import { type ExitCode, exitCodes } from '../../error/exit-code.ts';
import { shownPath } from '../../files/rule-files.ts';
import { writeWhole } from '../../files/write-whole.ts';
import { compileRules } from '../../project/compile-rules.ts';
import { openProject, reportProject } from '../../project/project.ts';
import { lockName } from '../../release/lock-file.ts';
import { createTerminal } from '../../terminal/terminal.ts';
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

/** What an adoption does. */
export interface Adoption {
  readonly app: AdoptedApp;
  /** Of the packs. */
  readonly id: string;
  /** That of the app, or else of the packs. */
  readonly version: string;
  readonly matches: Matches<AdoptedRule>;
  /** Matches whose names no pack can have. */
  readonly unnamed: readonly Match<AdoptedRule>[];
  readonly local: readonly LocalSettings[];
  /** Saved searches that run now, and whose rules are switched off in the pack. */
  readonly switchedOff: readonly string[];
  /** And the other way. */
  readonly switchedOn: readonly string[];
  /** Saved searches whose settings in `local/` no detection has any more. */
  readonly lost: readonly string[];
  /** The version in sigpack.yml, where it is not after that of the app. */
  readonly olderVersion?: string;
  readonly lock: string;
  readonly written: boolean;
}

/**
 * `sigpack adopt`: names of the saved searches of an app go into sigpack.lock, so that what an
 * admin has set under them goes on working.
 */
export async function adopt(path: string, options: AdoptOptions): Promise<ExitCode> {
  const app = readAdopted(path);
  const answer = {
    format: 'text',
    verbose: false,
    names: options.format === 'text' ? 'first' : 'verbose',
  } as const;
  const project = await openProject(
    {
      config: options.config,
      pipeline: options.pipeline,
      adjust: withSplunk,
      compares: true,
      rules: [],
    },
    answer,
  );
  if ('code' in project) return project.code;
  const { folder, config } = project.loaded;
  const lockPath = join(folder, lockName);
  if (existsSync(lockPath))
    throw new CommandError(
      `${shownPath(lockPath)} already says what was published; names are adopted before the ` +
        'first release',
    );
  const pack = compileRules(project, []).pack();
  const rules = pack.splunk.map(ruleOf);
  const matches = matchStanzas(app.stanzas, rules);
  const keys = new Set<string>();
  // names in other letters are one stanza to a pack
  const named = matches.found.filter(
    ({ stanza: { name } }) => isStanzaName(name) && keys.size < keys.add(stanzaKey(name)).size,
  );
  const on = enabledIds(pack, 'splunk');
  const names = new Set(named.map(({ stanza }) => stanza.name));
  const set = app.stanzas.flatMap((stanza) => localSettings(stanza) ?? []);
  const asShipped = named.filter(({ stanza }) => stanza.local.get('disabled') === undefined);
  const written =
    lookup(rootOf(project.loaded.file), 'version') !== undefined ? config.info.version : undefined;
  if (options.dryRun !== true && named.length > 0)
    writeWhole(lockPath, lockText(adoptedLock(config.info, app, named)));
  const adoption: Adoption = {
    app,
    id: config.info.id,
    version: app.version ?? config.info.version,
    matches: { ...matches, found: named },
    unnamed: matches.found.filter((match) => !named.includes(match)),
    local: set.filter(({ stanza }) => names.has(stanza)),
    lost: set.flatMap(({ stanza }) => (names.has(stanza) ? [] : [stanza])),
    switchedOff: asShipped.flatMap(({ stanza, rule }) =>
      runsAsShipped(stanza) && !on.has(rule.id) ? [stanza.name] : [],
    ),
    switchedOn: asShipped.flatMap(({ stanza, rule }) =>
      !runsAsShipped(stanza) && on.has(rule.id) ? [stanza.name] : [],
    ),
    ...(written !== undefined &&
    app.version !== undefined &&
    compareVersions(written, app.version) <= 0
      ? { olderVersion: written }
      : {}),
    lock: shownPath(lockPath),
    written: options.dryRun !== true && named.length > 0,
  };
  project.terminal.clear();
  if (options.format === 'json')
    process.stdout.write(`${JSON.stringify(asJson(adoption), null, 1)}\n`);
  else
    process.stdout.write(
      adoptionText(
        adoption,
        createTerminal(process.stdout, process.env, () => 0),
        options.verbose === true,
      ),
    );
  const code = reportProject(project, answer);
  return named.length === 0 && code === exitCodes.success ? exitCodes.findings : code;
}

/** Only the names of the Splunk app are adopted. */
const withSplunk = (config: PackConfig): PackConfig => ({
  ...config,
  targets: ['splunk'],
  overBudget: 'warn',
});

/** The search as other tools write it: what stands before the filter macro of the pack. */
function ruleOf({
  detection: { id, slug, rule },
  search,
  filterMacro,
}: SplunkDetection): AdoptedRule {
  const [query = search] = search.split(` | \`${filterMacro}\``);
  return { id, title: rule.title, slug, filterMacro, search: query };
}

function asJson({
  app,
  id,
  matches,
  unnamed,
  local,
  lost,
  switchedOff,
  switchedOn,
  lock,
  written,
}: Adoption): unknown {
  const shown = ({ stanza, rule, by }: Match<AdoptedRule>) => ({
    stanza: stanza.name,
    rule: rule.id,
    title: rule.title,
    by,
  });
  return {
    version: 1,
    app: { id: app.id, version: app.version },
    pack: id,
    adopted: matches.found.map(shown),
    unnamed: unnamed.map(shown),
    second: matches.second.map(shown),
    withoutRule: matches.withoutRule.map(({ name }) => name),
    local,
    lost,
    switchedOff,
    switchedOn,
    unread: app.unread ?? [],
    lock: written ? lock : null,
  };
}
