/**
 * A git remote as a URI that may be published: `git+https://host/path`. Users, passwords, queries
 * and fragments are left out, since any of them may be a secret. Undefined if it is not the address
 * of a server: a local path is private.
 */
export function sourceUri(remote: string): string | undefined {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(remote))
    return URL.canParse(remote) ? ofUrl(new URL(remote)) : undefined;
  // scp's form: user@host:path
  const [, host, path] = /^(?:.*@)?([A-Za-z0-9.-]{2,}):(?!\/\/)([^?#@]+)$/.exec(remote) ?? [];
  const url =
    host === undefined || path === undefined ? '' : `ssh://${host}/${path.replace(/^\/+/, '')}`;
  return URL.canParse(url) ? ofUrl(new URL(url)) : undefined;
}

function ofUrl({ protocol, host, pathname }: URL): string | undefined {
  return /^(?:https?|ssh|git):$/.test(protocol) && host !== '' && !pathname.includes('@')
    ? `git+${protocol}//${host}${pathname}`
    : undefined;
}
