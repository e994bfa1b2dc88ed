type Environment = Readonly<Record<string, string | undefined>>;

/**
 * False where the locale says that the terminal has ASCII or another encoding than UTF-8. Without a
 * locale, and on Windows, where Node.js writes Unicode to the console, it says nothing.
 */
export function showsSigns(env: Environment, platform: NodeJS.Platform): boolean {
  if (platform === 'win32') return true;
  // the first that is not empty counts, as for the C library
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
  if (locale === 'C' || locale === 'POSIX') return false;
  const encoding = /\.([^@]*)/.exec(locale)?.[1];
  return encoding === undefined || /^utf-?8$/i.test(encoding);
}

const plain: Readonly<Record<string, string>> = {
  '✓': 'ok',
  '✗': 'not ok',
  '→': '->',
  '…': '...',
};

/** The signs of reports, in ASCII. */
export const plainSigns = (text: string): string =>
  text.replace(/[✓✗→…]/g, (sign) => plain[sign] ?? sign);
