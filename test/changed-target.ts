import { changeTarget } from '../src/cli/install/change-command.ts';
import { guarded } from '../src/cli/install/guarded.ts';
import { createTerminal } from '../src/cli/terminal/terminal.ts';
import type { ServerTexts } from '../src/install/server/server-text.ts';
import type { InstallTarget } from '../src/install/target.ts';
import { type Said, said } from './said.ts';

interface Change {
  readonly direction: 'install' | 'rollback';
  readonly plan?: true;
  readonly verbose: boolean;
}

const terminal = createTerminal({ write: () => undefined }, {}, () => 0);

/** What a command says that changes a target without asking, and its exit code. */
export const changedTarget = (
  target: InstallTarget<never>,
  texts: ServerTexts,
  { direction, ...options }: Change,
): Promise<Said> =>
  said(() =>
    guarded(terminal, 'text', texts, () =>
      changeTarget({
        target,
        to: 'lab',
        direction,
        onDrift: 'keep',
        texts,
        options: { yes: true, format: 'text', ...options },
        terminal,
      }),
    ),
  );
