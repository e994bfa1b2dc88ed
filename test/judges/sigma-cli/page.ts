import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { wrapped } from '../../../scripts/wrap.ts';
import type { Finding } from './compare.ts';
import type { Answer, Run } from './our-queries.ts';
import { type Verdict, verdicts } from './verdicts.ts';

/** All that was found in one run, by rule. */
export interface RunResult {
  readonly run: Run;
  readonly rules: readonly RuleResult[];
}

export interface RuleResult {
  readonly path: string;
  readonly ours: Answer;
  readonly theirs: Answer;
  readonly finding: Finding;
}

const longest = 320;

/** docs/differences.md. Paths of pipelines are relative to `root`. */
export function differencesPage(
  results: readonly RunResult[],
  versions: readonly string[],
  root: string,
): string {
  const sections = [...verdicts].map(([id, verdict]) => section(id, verdict, results));
  return `${intro(results, versions, root)}\n${sections.join('\n')}`;
}

function intro(results: readonly RunResult[], versions: readonly string[], root: string): string {
  const count = results[0]?.rules.length ?? 0;
  const rows = results.map(({ run, rules }) => {
    const of = (kind: Finding['kind']): number =>
      rules.filter(({ finding }) => finding.kind === kind).length;
    const pipelines =
      run.pipelines.map((path) => `\`${relative(root, path)}\``).join(', ') || 'none';
    return `| ${run.backend} | ${pipelines} | ${of('same')} | ${of('explained')} | ${of('both refuse')} | ${of('unexplained')} |`;
  });
  return `# Differences from sigma-cli

${wrapped(`
  Written by \`node test/judges/sigma-cli/sigma-cli.ts\`
  (\`bash test/judges/run.sh sigma-cli\`), which converts the ${count} rules of the SigmaHQ corpus
  (\`rules*\`) with sigma-cli and with Sigpack, under the same pipelines, and compares what the
  queries mean. Both are read into a tree of tests of fields under and, or and not, which is brought
  to one form: negations at the tests, groups flat and sorted, lists and single values alike,
  letters without case where the language has no letter case. A where stage counts with the search
  stage before it; the parts of the search stage that follow from the where stage add nothing and
  are left out (test/corpus/splunk-meaning.test.ts shows that a search stage passes everything that
  its rule means).`)}

${wrapped(`
  Every rule that both convert was compared in this way (except those of \`lucene-regex-end\`); no
  queries had to be run on events instead. A class below explains a difference if removing just what
  it names makes the two trees the same. The judge fails for a rule that no class explains, for a
  class without a rule, and if one damaged test in any of the queries without a pipeline would go
  unnoticed. What it converts with pySigma as a library, it also converts with the command line, in
  samples.`)}

${wrapped(`
  sigma-cli: ${versions.join(', ')}. \`splunk\` is the target splunk of both; \`lucene\` is
  sigma-cli's target lucene and Sigpack's es-qs.`)}

| target | pipelines | same meaning | explained | refused by both | unexplained |
| ------ | --------- | ------------ | --------- | --------------- | ----------- |
${rows.join('\n')}

${wrapped(`
  Refused by both are rules with a placeholder that has no value, and in Lucene those that compare
  two fields. pySigma appends \`| table ...\` in Splunk where a rule has \`fields\`: the same
  events, shown with fewer fields, so it is not counted here.`)}
`;
}

function section(
  id: string,
  { title, right, why }: Verdict,
  results: readonly RunResult[],
): string {
  const found = results.map(({ run, rules }) => ({
    run,
    rules: rules.filter(({ finding }) => finding.kind === 'explained' && finding.ids.includes(id)),
  }));
  const counts = found
    .filter(({ rules }) => rules.length > 0)
    .map(({ run, rules }) => `${run.name}: ${rules.length}`);
  const examples = found.flatMap(({ rules }) => rules);
  const size = ({ ours, theirs }: RuleResult): number =>
    ours.queries.join('').length + theirs.queries.join('').length;
  const alone = examples.filter(
    ({ finding }) => finding.kind === 'explained' && finding.ids.length === 1,
  );
  const [example] = (alone.length > 0 ? alone : examples).toSorted((a, b) => size(a) - size(b));
  return `## ${title}

${wrapped(`\`${id}\`; ${counts.join('; ')}. Right: ${right}.`)}

${wrapped(why)}
${example ? exampleText(example) : ''}`;
}

function exampleText({ path, ours, theirs }: RuleResult): string {
  const text = readFileSync(path, 'utf8');
  const [title = '', id = ''] = ['title', 'id'].map(
    (key) => new RegExp(`^${key}:\\s*(.+?)\\s*$`, 'm').exec(text)?.[1] ?? '',
  );
  return `
${title} (${id}):

\`\`\`text
sigma-cli: ${shown(theirs)}

Sigpack:   ${shown(ours)}
\`\`\`
`;
}

function shown({ queries, error }: Answer): string {
  const text = error === undefined ? queries.join('\n') : `refused: ${error}`;
  const clean = text.replaceAll('```', "'''").trim();
  return clean.length > longest ? `${clean.slice(0, longest)} ...` : clean;
}
