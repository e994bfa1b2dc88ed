const longest = 800;

/** Checks of a judge, which go on after one that fails. */
export interface Checks {
  /** `more` is what was found. */
  check(what: string, right: boolean, more?: unknown): void;
  /** Says how it went, and makes the process fail where a check did. */
  end(holds: string): void;
}

export function createChecks(): Checks {
  let failures = 0;
  return {
    check(what, right, more = '') {
      if (right) return;
      failures++;
      console.log(
        `  WRONG: ${what} ${(typeof more === 'string' ? more : JSON.stringify(more))?.slice(0, longest)}`,
      );
    },
    end(holds) {
      console.log(failures === 0 ? holds : `${failures} checks failed`);
      process.exitCode = failures === 0 ? 0 : 1;
    },
  };
}
