import { InstallError } from '../install-error.ts';

/** How a service that takes its time is waited for. */
export interface Patience {
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Milliseconds between two questions for a state. */
  readonly pollEvery: number;
  /** Milliseconds after which nothing is waited for any more. */
  readonly patience: number;
}

/** Asks until it is done; `what` names it in the error where that takes too long. */
export async function waitUntil(
  { sleep, pollEvery, patience }: Patience,
  what: string,
  isDone: () => Promise<boolean>,
): Promise<void> {
  for (let waited = 0; !(await isDone()); waited += pollEvery) {
    if (waited >= patience)
      throw new InstallError(
        'place',
        `${what} is not done after ${Math.round(patience / 60_000)} minutes; run the command ` +
          'again later',
      );
    await sleep(pollEvery);
  }
}
