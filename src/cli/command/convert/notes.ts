import type { ConvertedEntry, TargetFormat } from '../../../backend/target.ts';
import { isPlain } from '../../../convert/plain-format.ts';
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
