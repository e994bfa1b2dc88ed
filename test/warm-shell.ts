import { once } from 'node:events';
import { chmodSync, writeFileSync } from 'node:fs';
import { forked } from './warm.ts';

/**
 * The command for scripts of a shell, run by a process that has it loaded: of what such a script
 * takes, most goes into the start of the command, again for each line.
 */
export interface WarmShell {
  /**
   * Writes a program that prints what the command prints, and has its exit code. Lines of bash may
   * come `first`.
   */
  readonly write: (path: string, first?: string) => void;
  readonly end: () => Promise<void>;
}

export async function warmShell(): Promise<WarmShell> {
  const { child, end } = forked('warm-shell-process.ts');
  const [port] = await once(child, 'message');
  return {
    write(path, first = '') {
      writeFileSync(path, program(Number(port), first));
      chmodSync(path, 0o755);
    },
    end,
  };
}

const program = (port: number, first: string): string => `#!/usr/bin/env bash
${first}
exec 3<> /dev/tcp/127.0.0.1/${port} || exit 70
{ printf '%s\\0' "$PWD" "$#" "$@"; env -0; printf 'end\\0'; } >&3
# 70: no exit code of the command
IFS= read -r code <&3 && IFS= read -r output <&3 || exit 70
cat "$output.out"
cat "$output.err" >&2
exit "$code"
`;
