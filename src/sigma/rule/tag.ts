import { perName } from '../../source/cache.ts';

const form = /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)+$/;
/** The namespaces of the specification's appendix, and the rest of their tags. */
const namespaces = /^(?:mitre[ ._:/-]+)?(attack|car|cve|d3fend|detection|stp|tlp)[ ._:/-]+(.+)$/;

/** True for a tag in Sigma's spelling: lower case, a namespace and a name. */
export const isTag = (tag: string): boolean => form.test(tag);

/**
 * The tag that is meant by another spelling, such as `attack:T1059/001`; undefined if that is
 * unclear.
 */
export function canonicalTag(written: string): string | undefined {
  const tag = written.trim().toLowerCase();
  const bare = /^(?:t\d{4}(?:[._/-]\d{3})?|[gs]\d{4})$/.test(tag)
    ? `attack.${tag}`
    : /^(?:cve-\d{4}-\d+|car-\d{4}-\d\d-\d{3})$/.test(tag)
      ? tag
      : undefined;
  const [, namespace = '', name = ''] = namespaces.exec(bare ?? tag) ?? [];
  const meant = namespace === '' ? tag : `${namespace}.${named(namespace, name)}`;
  return isTag(meant) ? meant : undefined;
}

function named(namespace: string, name: string): string {
  if (namespace === 'attack')
    return name
      .replace(/^(t\d{4})[ _:/-](\d{3})$/, '$1.$2')
      .replace(/^([a-z]+) (?=[a-z])/, '$1-')
      .replace(/ /g, '-');
  return namespace === 'cve' ? name.replace(/^(\d{4})[_:/ ](\d+)$/, '$1-$2') : name;
}

/** True for a tag that names a tactic, technique, group, software or other object of ATT&CK. */
export const namesOfAttack = perName((tag) =>
  /^attack\.(?:[a-z][a-z_-]*|t\d{4}(?:\.\d{3})?|(?:g|s|m|c|ds|ta)\d{4})$/.test(tag),
);
