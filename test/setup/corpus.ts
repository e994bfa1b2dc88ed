import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { corpusFolders, shared } from '../corpus/corpus.ts';
import { missing } from './missing.ts';

const needed = [
  ['rules', corpusFolders],
  ['recorded events', [join(shared, 'events')]],
  ['schemas of the specification', [join(shared, 'spec', 'sigma-detection-rule-schema.json')]],
] as const;

export function setup(project: { readonly name: string }): void {
  const lacking = needed.find(([, paths]) => !paths.every((path) => existsSync(path)));
  if (lacking)
    missing(
      project,
      `no ${lacking[0]} in ${shared}; run bash scripts/corpus.sh ${shared}, or set SIGPACK_SHARED to a folder that has them`,
    );
}
