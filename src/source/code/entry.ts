export interface CodeEntry {
  readonly title: string;
  /** `off` for a check that only a preset or the configuration switches on. */
  readonly severity: 'error' | 'warning' | 'info' | 'off';
  /** True if what it reports is missing from the output: its severity can't be lowered. */
  readonly fatal: boolean;
  readonly hint: string;
}

export const fatal = (title: string, hint: string): CodeEntry => ({
  title,
  severity: 'error',
  fatal: true,
  hint,
});
export const warning = (title: string, hint: string): CodeEntry => ({
  title,
  severity: 'warning',
  fatal: false,
  hint,
});
export const info = (title: string, hint: string): CodeEntry => ({
  title,
  severity: 'info',
  fatal: false,
  hint,
});
export const off = (title: string, hint: string): CodeEntry => ({
  title,
  severity: 'off',
  fatal: false,
  hint,
});
