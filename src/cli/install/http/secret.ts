import { readFileSync } from 'node:fs';
import { CommandError } from '../../error/command-error.ts';
import { isReadByOthers } from '../../files/key-file.ts';
import { statsOf } from '../../files/path-stats.ts';

export interface SecretPlace {
  /** Of the target, for messages. */
  readonly name: string;
  /** Begins the name of the variable that is looked for where none is named. */
  readonly prefix: string;
  readonly secretEnv?: string | undefined;
  /** A whole path. */
  readonly secretFile?: string | undefined;
}

/**
 * A password or token from the environment or from a file that only its owner may read. Others
 * can see arguments and configurations.
 */
export function readSecret(
  { name, prefix, secretEnv, secretFile }: SecretPlace,
  env: Readonly<Record<string, string | undefined>>,
): string {
  const variable = secretEnv ?? `${prefix}${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`;
  const given = env[variable]?.replace(/\r?\n$/, '');
  if (given !== undefined && given !== '')
    return oneLine(given, `${variable}, the secret of ${name},`);
  if (secretFile === undefined)
    throw new CommandError(
      `${name} needs a secret: set ${variable}, or name a secretFile in sigpack.yml`,
    );
  const stats = statsOf(secretFile);
  if (!stats?.isFile()) throw new CommandError(`the secretFile of ${name} is not there`);
  if (isReadByOthers(stats))
    throw new CommandError(`the secretFile of ${name} can be read by others; chmod 600 it`);
  const secret = readFileSync(secretFile, 'utf8').replace(/\r?\n$/, '');
  if (secret === '') throw new CommandError(`the secretFile of ${name} is empty`);
  return oneLine(secret, `the secretFile of ${name}`);
}

function oneLine(secret: string, what: string): string {
  if (/[\r\n]/.test(secret)) throw new CommandError(`${what} has more than one line`);
  if (/\p{Cc}/u.test(secret)) throw new CommandError(`${what} has a control character`);
  return secret;
}
