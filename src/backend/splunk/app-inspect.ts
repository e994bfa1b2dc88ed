/**
 * What AppInspect, which vets Splunk apps, takes for a shell command, an attacker's host or a
 * secret (its checks of harmful operations and of malware), and what is written instead: in a
 * search with the same meaning, in a text so that it reads the same.
 */

/** `rm -rf` and its like; `gap` is what may be between the two words, and the first group. */
export const removals = (gap: string): RegExp => new RegExp(`rm(${gap})-(?=[rf])`, 'g');

const someQuad = String.raw`\d\.\d{1,3}\.\d{1,3}\.\d`;

/** First octets of dotted quads, in the first group, with their dot. */
const quads = (before: string, after: string): RegExp =>
  new RegExp(String.raw`${before}(\d{1,3})\.(?=\d{1,3}\.\d{1,3}\.\d{1,3}${after})`, 'g');

const flaggedTerm = new RegExp(String.raw`rm\s+-[rf]|${someQuad}|^-[rf]{2}$|^rm$`);

/** Whether a literal of a search would be flagged. */
export const isFlaggedTerm = (literal: string): boolean => flaggedTerm.test(literal);

const removalsInTerm = removals(String.raw`\s+`);
const quadsInTerm = quads('', '');

/** A term of the search stage with wildcards in place of what gives it away. */
export const looseTerm = (term: string): string =>
  term
    .replace(removalsInTerm, 'rm*-')
    .replace(quadsInTerm, '$1*')
    .replace(/^-[rf]{2}$|^rm$/, '*');

const flaggedText = new RegExp(
  String.raw`rm["'\s,]|runshellscript|cmd["' ]|=[ \t]*["']?[hH]|${someQuad}|\{\}:`,
);
const removalsInText = removals(String.raw`["']\s*,\s*["']|\s+`);
const toRunShellScript = /\|(\s*runshellscript)/g;
const urlSetting = /((?:url|uri|host|server|prox|proxy_str)s?[ \t]*=[ \t]*["']?)http(?=s?:\/\/)/gi;
const alone = String.raw`(?![\w.])`;
const quadsInText = quads(String.raw`(?<![\w.])`, String.raw`(?!\/[1-3]?\d${alone})${alone}`);

/**
 * A text that AppInspect does not take for a command, a host or a secret, and that reads the same:
 * `rm -rf` gets a non-breaking hyphen (U+2011), `cmd node` a non-breaking space, a pipe before
 * runshellscript becomes `¦`, addresses are defanged as analysts write them (`10[.]0.0.1`), and so
 * are URLs after `url=` (`hxxp`).
 */
export function unflagged(text: string): string {
  if (!flaggedText.test(text)) return text;
  return text
    .replace(removalsInText, 'rm$1\u2011')
    .replace(toRunShellScript, '\u00a6$1')
    .replace(/cmd node/g, 'cmd\u00a0node')
    .replace(/(["']cmd["'])(, ?["']node)/g, '$1 $2')
    .replace(urlSetting, '$1hxxp')
    .replace(/\{\}:\/\/(?=\{\})/g, '{}: //')
    .replace(quadsInText, '$1[.]');
}

const flaggedInFile = new RegExp(`runshellscript|${someQuad}`);
const quadsInFile = quads(String.raw`(?<![\w.])`, alone);

/** The same for a file that is not a conf file, where only a command and addresses are flagged. */
export const unflaggedFile = (text: string): string =>
  flaggedInFile.test(text)
    ? text.replace(toRunShellScript, '\u00a6$1').replace(quadsInFile, '$1[.]')
    : text;
