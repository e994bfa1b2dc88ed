import { jsonOf } from '../../source/json.ts';
import { isRecord } from '../../source/record.ts';

/**
 * Checks that the subjects of an in-toto statement are these files with their digests, and no
 * others. Returns what is wrong, or undefined.
 */
export function subjectError(
  statement: string,
  files: ReadonlyMap<string, string>,
): string | undefined {
  const value = jsonOf(statement);
  if (
    !isRecord(value) ||
    value._type !== 'https://in-toto.io/Statement/v1' ||
    !Array.isArray(value.subject)
  )
    return 'it is not an in-toto statement';
  if (value.predicateType !== 'https://slsa.dev/provenance/v1')
    return 'it is not provenance (SLSA v1)';
  const seen = new Set<string>();
  for (const subject of value.subject as readonly unknown[]) {
    const digest =
      isRecord(subject) && isRecord(subject.digest) ? subject.digest.sha256 : undefined;
    const name = isRecord(subject) ? subject.name : undefined;
    if (typeof name !== 'string' || typeof digest !== 'string')
      return 'it has a subject without a name or a SHA-256';
    if (seen.has(name)) return `it names ${name} twice`;
    seen.add(name);
    const wanted = files.get(name);
    if (wanted === undefined) return `it is about ${name}, which is not a file of the release`;
    if (wanted !== digest) return `it is about another ${name}`;
  }
  const missing = [...files.keys()].find((name) => !seen.has(name));
  return missing === undefined ? undefined : `it says nothing of ${missing}`;
}
