import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { gitOptions } from './git-options.ts';

interface CiPlaceOptions {
  /** The folder of the project below that of the repository. */
  readonly project?: string;
  /** Folders of programs that stand before those of the PATH. */
  readonly programs?: readonly string[];
}

/**
 * A repository in a folder, and beside it the programs that take the place of servers, where steps
 * of CI are run.
 */
export function ciPlace({ project = '.', programs = [] }: CiPlaceOptions = {}) {
  let [folder, tools] = ['', ''];
  const at = (path = ''): string => join(folder, path);
  const inTools = (name = ''): string => join(tools, name);
  /** The rule that tests change. */
  const rulePath = (): string => join(folder, project, 'rules/windows/office-starts-schtasks.yml');
  return {
    at,
    inTools,
    rulePath,
    make(): void {
      folder = mkdtempSync(join(tmpdir(), 'sigpack-ci-'));
      tools = mkdtempSync(join(tmpdir(), 'sigpack-tools-'));
    },
    remove(): void {
      for (const path of [folder, tools]) rmSync(path, { recursive: true, force: true });
    },
    git: (...args: readonly string[]): string =>
      execFileSync('git', [...gitOptions, ...args], {
        cwd: folder,
        encoding: 'utf8',
      }).trim(),
    /** Takes the place of a program that talks to a server: writes down how it was called. */
    tool(name: string, script: string): void {
      writeFileSync(inTools(name), `#!/bin/sh\n${script}\n`);
      chmodSync(inTools(name), 0o755);
    },
    /** Runs a step as CI does: a shell that stops at the first error. */
    run(
      script: string,
      env: Readonly<Record<string, string>> = {},
    ): { readonly code: number | null; readonly out: string } {
      const { status, stdout, stderr } = spawnSync(
        'bash',
        ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script],
        {
          cwd: folder,
          encoding: 'utf8',
          env: {
            HOME: tools,
            PATH: [tools, ...programs, process.env.PATH ?? ''].join(delimiter),
            CALLS: inTools('calls'),
            GITHUB_STEP_SUMMARY: inTools('summary'),
            GITHUB_REPOSITORY: 'acme/rules',
            ...env,
          },
        },
      );
      return { code: status, out: stdout + stderr };
    },
    /** How the programs were called, or what stands in the summary of the job. */
    noted: (name: 'calls' | 'summary'): string =>
      existsSync(inTools(name)) ? readFileSync(inTools(name), 'utf8') : '',
    changeRule: (from: string, to: string): void =>
      writeFileSync(rulePath(), readFileSync(rulePath(), 'utf8').replace(from, to)),
  };
}
