import type { DiagnosticCode } from '../../source/code/catalogue.ts';
import type { NewDiagnostic } from '../../source/diagnostic.ts';
import { lookup, type YamlNode } from '../../source/yaml/tree.ts';

/**
 * Words that users write for "everywhere", though a list of names would take them for an index or
 * stream of that name.
 */
function misread(
  node: YamlNode | undefined,
  words: readonly string[],
  code: DiagnosticCode,
  message: (word: string) => string,
  hint: string,
): readonly NewDiagnostic[] {
  const entries = node?.kind === 'sequence' ? node.items : node ? [node] : [];
  return entries.flatMap((entry): readonly NewDiagnostic[] =>
    entry.kind === 'scalar' && words.includes(entry.text)
      ? [{ code, message: message(entry.text), hint, span: entry }]
      : [],
  );
}

/** Checks the index names under `splunk` and the titles under `graylog` of the configuration. */
export const misreadPlaces = (root: YamlNode): readonly NewDiagnostic[] => [
  ...misread(
    lookup(lookup(root, 'splunk'), 'index'),
    ['all'],
    'PCK001',
    () => '`splunk.index: all` would look in an index named `all`',
    'For all indexes write `index: "*"`. For an index of that name write `definition: ' +
      'index=all` under splunk.indexes.',
  ),
  ...misreadTitles(
    lookup(lookup(root, 'graylog'), 'streams'),
    'PCK001',
    'For all streams write `streams: all`, without brackets.',
  ),
];

/** Checks the titles in a map of settings. */
export const misreadStreams = (
  settings: YamlNode,
  code: DiagnosticCode,
): readonly NewDiagnostic[] =>
  misreadTitles(
    lookup(lookup(settings, 'graylog'), 'streams'),
    code,
    'Leave `streams` out here; `streams: all` under graylog in sigpack.yml searches all streams.',
  );

function misreadTitles(
  streams: YamlNode | undefined,
  code: DiagnosticCode,
  hint: string,
): readonly NewDiagnostic[] {
  if (streams?.kind !== 'sequence') return [];
  return misread(
    streams,
    ['all', '*'],
    code,
    (word) => `\`graylog.streams\` takes titles: this would look in a stream titled \`${word}\``,
    hint,
  );
}
