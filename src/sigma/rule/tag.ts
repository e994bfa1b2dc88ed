const form = /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)+$/;
/** The namespaces of the specification's appendix, and how their tags go on. */
const namespaces = /^(?:mitre[ ._:/-]+)?(attack|car|cve|d3fend|detection|stp|tlp)[ ._:/-]+(.+)$/;

/** True for a tag as Sigma writes it: lower case, a namespace and a name. */
export const isTag = (tag: string): boolean => form.test(tag);

/**
 * The tag that is meant by one in another letter case or with other separators, `attack:T1059/001`;
 * undefined where that is not clear.
 */
export function meantTag(written: string): string | undefined {
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

/**
 * True for a tag of ATT&CK that names a tactic, technique, group, software or another of its
 * objects.
 */
export const namesOfAttack = (tag: string): boolean =>
  /^attack\.(?:[a-z][a-z_-]*|t\d{4}(?:\.\d{3})?|(?:g|s|m|c|ds|ta)\d{4})$/.test(tag);
