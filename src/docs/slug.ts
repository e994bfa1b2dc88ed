const longest = 100;
// Windows keeps these names for devices, whatever follows the dot
const reserved = /^(?:con|prn|aux|nul|com\d|lpt\d)$/;

/** Gives each rule a file name of its own, from that of its file: `[a-z0-9_-]+`, unique without regard to case. */
export function createSlugs(): (path: string) => string {
  const used = new Set<string>();
  return (path) => {
    const name = path
      .slice(path.lastIndexOf('/') + 1)
      .replace(/\.[^.]*$/, '')
      .toLowerCase()
      .replace(/[^a-z0-9_]+/g, '-')
      .slice(0, longest)
      .replace(/^-+|-+$/g, '');
    const base = name === '' || reserved.test(name) ? `rule-${name}`.replace(/-$/, '') : name;
    let slug = base;
    for (let number = 2; used.has(slug); number++) slug = `${base}-${number}`;
    used.add(slug);
    return slug;
  };
}
