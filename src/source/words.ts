/** The words of a text, which are separated by blanks or line breaks: a list in little space. */
export const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));
