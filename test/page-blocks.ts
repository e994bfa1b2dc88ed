export interface PageBlock {
  /** What its first line names, or ''. */
  readonly language: string;
  readonly code: string;
}

/** The code blocks of a page, in their order. */
export const blocksIn = (page: string): readonly PageBlock[] =>
  [...page.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language = '', code = '']) => ({
    language,
    code,
  }));

/** The code of the blocks of a page that name one of these languages. */
export const codeIn = (page: string, ...languages: readonly string[]): readonly string[] =>
  blocksIn(page).flatMap(({ language, code }) => (languages.includes(language) ? [code] : []));
