import type { ConvertedEntry, TargetFormat } from '../../../backend/target.ts';
import { isPlain } from '../../../convert/plain-format.ts';
import { fieldChoices } from '../../../pipeline/field-choice.ts';
import { visible } from '../../../source/visible.ts';

/**
 * Notes queries that contain a line break, which has no other spelling in their language: nothing
 * in the text shows where such a query ends.
 */
export function noteLineBreaks(
  target: string,
  format: TargetFormat,
  entries: readonly ConvertedEntry[],
): void {
  if (!isPlain(format)) return;
  const broken = entries.filter((entry) => {
    const { queries } = entry.converted;
    return (
      queries.some((query) => /[\n\r]/.test(query)) &&
      format.print([entry]).split(/[\n\r]/).length > queries.length + 1
    );
  });
  const [first] = broken;
  if (!first) return;
  const others = broken.length > 1 ? ` and ${broken.length - 1} more` : '';
  process.stderr.write(
    `sigpack: ${target}: queries hold line breaks (${visible(first.rule.title)}${others}); ` +
      `-f json and -f ndjson keep each on one line\n`,
  );
}

/** Notes targets without pipelines whose products may have other field names than Sigma. */
export function noteSigmaNames(targets: readonly string[]): void {
  const concerned = targets.filter((name) => fieldChoices(name).length > 1);
  if (concerned.length === 0) return;
  process.stderr.write(
    `sigpack: ${concerned.join(', ')}: field names are Sigma's own; -p chooses pipelines ` +
      `(sigpack list pipelines), -p none says that these names are meant\n`,
  );
}
