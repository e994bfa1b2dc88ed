const documents: ReadonlyMap<string, string> = new Map([
  ['splunk', 'docs/splunk-pack.md'],
  ['graylog', 'docs/graylog-pack.md'],
]);
const otherDocument = 'docs/convert.md';

const known = [...documents.values()].join(', ');

/** What the hint of a code names, as it is for all targets. */
export const documentsOfTargets = `${known} or, for the other targets, ${otherDocument}`;

/** The hint of a code with the document of one target. */
export const hintForTarget = (hint: string, target: string | undefined): string =>
  target === undefined
    ? hint
    : hint.replace(documentsOfTargets, documents.get(target) ?? otherDocument);
