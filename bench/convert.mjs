// The conversion of one folder of rules beside rsigma's own.
import { absent, figure } from './figures.mjs';
import { interleaved, tableOf } from './measure.mjs';
import { rsigma, ruleFolders, sigpack } from './places.mjs';

const key = 'convertOverRsigma';
const name = "convert -t splunk, CPU over rsigma's conversion";

export function convertFigures() {
  if (!rsigma) return [absent(key, name, 'no rsigma')];
  const [rules] = ruleFolders;
  const results = interleaved(
    {
      'sigpack convert -t splunk': [...sigpack, 'convert', '-t', 'splunk', rules],
      // LynxDB's language is the one of rsigma's targets that is nearest to SPL
      'rsigma, to LynxDB': [
        rsigma,
        'backend',
        'convert',
        '-t',
        'lynxdb',
        '-s',
        '--without-pipeline',
        rules,
      ],
    },
    3,
  );
  console.log(`\nconversion of ${rules}`);
  console.table(tableOf(results));
  const [sigpackRun, rsigmaRun] = Object.values(results);
  return [figure(key, name, sigpackRun.cpu / rsigmaRun.cpu, 'times')];
}
