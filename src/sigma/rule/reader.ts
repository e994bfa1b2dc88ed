import { didYouMean, nearest } from '../../source/nearest.ts';
import { words } from '../../source/words.ts';
import { spanOfKey, type YamlScalar } from '../../source/yaml/tree.ts';
import { type Reader, requiredText, warn } from './attribute.ts';
import { readDetection } from './detection-reader.ts';
import { readHead } from './head.ts';
import { withKnownKeys } from './known-keys.ts';
import type { DetectionRule, LogSource } from './rule.ts';

/**
 * Reads a detection rule from a document that has `detection:`. Undefined after a fatal diagnostic.
 */
export function readDetectionRule(reader: Reader): DetectionRule | undefined {
  const head = readHead(reader);
  const logsource = readLogSource(reader);
  const node = reader.attributes.get('detection');
  if (node?.kind !== 'mapping') {
    const hint =
      'Write the selections and `condition:` as keys below `detection:`, without a `-` ' +
      'before them.';
    reader.bag.add(reader.file, {
      code: 'SIG011',
      message: '`detection` must be a map of selections and a condition',
      span: node ?? reader.anchor,
      hint,
    });
    return undefined;
  }
  const misplaced = reader.document.pairs.find((pair) => pair.key.text === 'condition');
  if (misplaced) {
    reader.bag.add(reader.file, {
      code: 'SIG011',
      message: '`condition` stands beside `detection`, not in it',
      span: misplaced.key,
      hint: 'Move it into `detection:`, indented as the selections are.',
    });
    return undefined;
  }
  const detection = readDetection(reader, node);
  return head && logsource && detection
    ? { kind: 'detection', ...head, logsource, detection }
    : undefined;
}

export const logSourceKeys = words('category product service definition');

export function readLogSource(reader: Reader): LogSource | undefined {
  const node = reader.attributes.get('logsource');
  if (!node) {
    reportMissing(reader);
    return undefined;
  }
  if (node.kind !== 'mapping') {
    const hint = 'Write `logsource:` with `category:`, `product:` or `service:` indented below it.';
    reader.bag.add(reader.file, {
      code: 'SIG011',
      message: '`logsource` must be a map',
      span: node,
      hint,
    });
    return undefined;
  }
  const source: { -readonly [K in keyof LogSource]: LogSource[K] } = {};
  let written = '';
  for (const { key, value } of withKnownKeys(reader, node, logSourceKeys).pairs) {
    const name = key.text;
    if (name !== 'category' && name !== 'product' && name !== 'service' && name !== 'definition')
      continue;
    if (value.kind === 'scalar' && value.value !== null) {
      source[name] = value.text;
      written += `${name}\0${value.text}\0`;
      if (name !== 'definition') warnOfCase(reader, name, value);
    } else if (value.kind !== 'scalar')
      reader.bag.add(reader.file, {
        code: 'SIG011',
        message: `\`${name}\` of a log source must be a text`,
        span: value,
      });
  }
  if (source.category ?? source.product ?? source.service) return shared(written, source);
  const slip = node.pairs
    .map(({ key }) => nearest(key.text, logSourceKeys))
    .find((near) => near !== undefined);
  reader.bag.add(reader.file, {
    code: 'SIG010',
    message: 'the log source names no category, product or service',
    span: node,
    hint: slip ? didYouMean(slip) : 'Add at least one of them.',
  });
  return undefined;
}

function reportMissing(reader: Reader): void {
  const inside = spanOfKey(
    reader.attributes.get('detection') ?? reader.attributes.get('filter'),
    'logsource',
  );
  if (!inside) requiredText(reader, 'logsource');
  else {
    const hint = 'Move it to the first column, with what stands below it.';
    reader.bag.add(reader.file, {
      code: 'SIG010',
      message: '`logsource` is in `detection`, not beside it',
      span: inside,
      hint,
    });
  }
}

/**
 * Thousands of rules have some hundred log sources. Rules with the same one share an object, so
 * that each is examined once.
 */
const known = new Map<string, LogSource>();
const maximumKnown = 1000;

function shared(written: string, source: LogSource): LogSource {
  const before = known.get(written);
  if (before) return before;
  if (known.size < maximumKnown) known.set(written, source);
  return source;
}

/**
 * Warns of upper case: pipelines and filters compare log sources case-sensitively, like pySigma.
 */
function warnOfCase(reader: Reader, name: string, value: YamlScalar): void {
  const { text } = value;
  const lower = text.toLowerCase();
  if (lower === text) return;
  const hint = `Write \`${lower}\`, unless a pipeline of yours has it as written.`;
  warn(
    reader,
    value,
    `${name} \`${text}\` is not the same as \`${lower}\` for pipelines and filters: log ` +
      'sources of Sigma are lower case',
    hint,
  );
}

export function describeLogSource(source: LogSource): string {
  return [source.product, source.category, source.service]
    .filter((part) => part !== undefined)
    .join('/');
}
