import { nearest } from '../../source/nearest.ts';
import { answerTo } from './sigma-cli.ts';

/**
 * The message of commander about wrong arguments, in the form of all errors: with one prefix, the
 * nearest name, and what sigma-cli's option is called here.
 */
export function usageText(text: string): string {
  const message = text.replace(/^error: /, '').trimEnd();
  const [, kind = '', name = ''] = /^unknown (option|command) '([^']*)'/.exec(message) ?? [];
  const answer =
    kind === 'option'
      ? answerTo.option(name)
      : kind === 'command'
        ? answerTo.command(name)
        : undefined;
  if (answer !== undefined) return `sigpack: there is no ${kind} ${name}: ${answer}\n`;
  const [, value = '', choices = ''] =
    /'([^']*)' is invalid(?: for argument '\w+')?\. Allowed choices are (.*)\.$/.exec(message) ??
    [];
  const near = choices === '' ? undefined : nearest(value, choices.split(', '));
  return `sigpack: ${message}${near === undefined ? '' : `\n(Did you mean ${near}?)`}\n`;
}
