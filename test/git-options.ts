/**
 * Options of git for a commit on any machine. What git starts after a commit now and then is a
 * process of its own.
 */
export const gitOptions: readonly string[] = [
  'user.name=test',
  'user.email=test@example.org',
  'commit.gpgsign=false',
  'maintenance.auto=false',
  'gc.auto=0',
].flatMap((setting) => ['-c', setting]);
