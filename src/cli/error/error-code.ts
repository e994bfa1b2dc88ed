/** The system's name of an error, such as `ENOENT`; undefined for an error of another kind. */
export const errorCode = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error ? String(error.code) : undefined;

/** The system does not permit this user to do it. */
export const isDenied = (error: unknown): boolean =>
  ['EACCES', 'EPERM'].includes(errorCode(error) ?? '');
