/**
 * node test/judges/blank.ts: every query for the Lucene targets and every definition and search of
 * the packs of the public rules, by themselves and through each bundle, over events that have
 * nothing of any rule. None may find one.
 */
import { readSourceFile } from '../../src/cli/files/rule-files.ts';
import { collect } from '../../src/sigma/collection/collection.ts';
import { readDocuments } from '../../src/sigma/collection/document.ts';
import { createBag } from '../../src/source/diagnostic.ts';
import { type BlankHits, blankDefinitions, blankQueries } from '../blank-events.ts';
import { findRuleFiles } from '../rule-files.ts';
import { createChecks } from './checks.ts';
import { corpusFolders } from './corpus.ts';

const bag = createBag();
const documents = findRuleFiles(corpusFolders, bag).flatMap((path) => {
  const file = readSourceFile(path, bag);
  return file ? readDocuments(file, bag).documents : [];
});
const rules = { collection: collect(documents, bag), placeholders: new Map() };

const checks = createChecks();
function judge(what: string, { asked, refused, wrong }: BlankHits): void {
  console.log(`${what}: ${asked} asked, ${refused} refused since they would find every event`);
  checks.check(`${what} were asked`, asked > 10_000, asked);
  checks.check(`${what} that find every event are refused`, refused > 0, refused);
  for (const text of wrong)
    checks.check('finds an event that has nothing of any rule:', false, text);
}
judge('queries', blankQueries(rules));
judge('definitions and searches', blankDefinitions(rules));
checks.end('no query finds an event that has nothing of any rule');
