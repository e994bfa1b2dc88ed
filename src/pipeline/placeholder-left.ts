import { type SettledBody, type SettledDetection, settledItems } from '../query/settled.ts';
import { isPlaceholder } from '../sigma/pattern.ts';
import type { SourceFile, Span } from '../source/span.ts';

export interface PlaceholderLeft {
  readonly name: string;
  readonly file: SourceFile;
  readonly span: Span;
}

/** The first placeholder that no pipeline replaced. */
export function placeholderLeft(parts: readonly SettledDetection[]): PlaceholderLeft | undefined {
  for (const { searches } of parts) {
    for (const { body } of searches.values()) {
      const found = inBody(body);
      if (found) return found;
    }
  }
  return undefined;
}

function inBody(body: SettledBody): PlaceholderLeft | undefined {
  for (const { values, file } of settledItems(body)) {
    for (const { tests, span } of values) {
      for (const test of tests) {
        const part = test.kind === 'string' ? test.pattern.find(isPlaceholder) : undefined;
        if (part) return { name: part.placeholder, file, span };
      }
    }
  }
  return undefined;
}
