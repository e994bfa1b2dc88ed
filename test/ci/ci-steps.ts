import { judgeSteps, judges } from '../judges/steps.ts';
import type { Step } from './steps.ts';
import { vitest } from './vitest.ts';

type Setup =
  | 'appinspect'
  | 'graylog'
  | 'opensearch'
  | 'lucene'
  | 'sigma-cli'
  | 'sigmac'
  | 'splunk-sdk'
  | 'ci-files'
  | 'shells';

/** What has to be installed for a step of a judge, by the start of its name. */
const setupsOf: readonly (readonly [RegExp, readonly Setup[]])[] = [
  [/^appinspect/, ['appinspect']],
  [/^graylog \S+ start/, ['graylog']],
  [/^opensearch start/, ['opensearch']],
  [/^lucene/, ['lucene']],
  [/^(?:sigma-cli|rule-sets)/, ['sigma-cli']],
  [/^proof (?:opensearch|splunk)/, ['sigma-cli', 'sigmac']],
  [/^ci-files/, ['ci-files']],
  [/^install splunk/, ['splunk-sdk']],
];
const setupName = (setup: Setup): string => `setup ${setup}`;
/** `npm test` and `npm run check` write dist, which all others read. */
const built = ['npm test', 'check'];

/** Judges with a server, and what they need: they wait for it, and so start first. */
const hasServer = ({ name }: Step): boolean =>
  /^(?:packs|graylog|opensearch|watcher|proof opensearch)\b/.test(name);

/** What computes for minutes, longest first: what starts last must not run on alone. */
const long = [
  'every fault, 1/2',
  'every fault, 2/2',
  'other versions of Node',
  'proof correlations',
  'lucene',
  'test:corpus',
  'history',
];

/**
 * All steps of CI. Installing waits for the network, beside the tests; the bench has the machine
 * for itself.
 */
export function ciSteps(): readonly Step[] {
  const judging = judgeSteps(judges).map(afterBuild);
  const computing = [...suites, ...judging.filter((step) => !hasServer(step))];
  const steps = [
    ...setupSteps(),
    ...projectSteps,
    ...judging.filter(hasServer),
    ...long.flatMap((name) => computing.filter((step) => step.name === name)),
    ...computing.filter(({ name }) => !long.includes(name)),
  ];
  return [
    ...steps,
    {
      name: 'bench',
      command: npm('bench', '--held'),
      after: steps.map(({ name }) => name),
      alone: true,
      limit: 600,
    },
  ];
}

/** Without the scripts before and after it, which build once more. */
function npm(script: string, ...args: readonly string[]): readonly [string, ...string[]] {
  return ['npm', 'run', '--ignore-scripts', script, ...(args.length > 0 ? ['--', ...args] : [])];
}

function setupSteps(): readonly Step[] {
  // OpenSearch and Lucene share Maven's folder
  const waits: Readonly<Partial<Record<Setup, Setup>>> = { opensearch: 'lucene' };
  const setups: readonly Setup[] = [
    'graylog',
    'lucene',
    'opensearch',
    'appinspect',
    'sigma-cli',
    'sigmac',
    'splunk-sdk',
    'ci-files',
    'shells',
  ];
  return setups.map((setup) => {
    const before = waits[setup];
    return {
      name: setupName(setup),
      command: ['bash', 'test/judges/setup.sh', setup],
      cores: 0,
      after: before === undefined ? [] : [setupName(before)],
    };
  });
}

const projectSteps: readonly Step[] = [
  // the README's command, of which `npm ci` has run
  { name: 'npm test', command: ['npm', 'test'], cores: 2 },
  { name: 'check', command: ['npm', 'run', 'check'], cores: 2, after: ['npm test'] },
  { name: 'chromium', command: ['bash', 'test/site/chromium.sh'], cores: 0 },
];

const suites: readonly Step[] = [
  {
    name: 'fuzz',
    // the same cases in every run, which end long before the seconds do
    command: npm('fuzz', '--cases', '6200', '--seconds', '500'),
    after: built,
    limit: 600,
  },
  { name: 'test:corpus', command: npm('test:corpus', '--maxWorkers=1'), after: built },
  {
    name: 'test:site',
    command: npm('test:site', '--maxWorkers=1'),
    needs: ['chromium'],
    after: built,
  },
  {
    name: 'package by npm',
    command: vitest(['slow'], 'test/package.test.ts'),
    env: { SIGPACK_NETWORK: '1' },
    after: built,
  },
  {
    name: 'shells',
    command: vitest(['quick'], 'test/completion.test.ts'),
    env: { SIGPACK_SHELLS: 'zsh,fish' },
    needs: [setupName('shells')],
    after: built,
  },
  { name: 'other versions of Node', command: ['bash', 'scripts/node-matrix.sh'], after: built },
];

function afterBuild(step: Step): Step {
  const setups = setupsOf
    .filter(([pattern]) => pattern.test(step.name))
    .flatMap(([, found]) => found.map(setupName));
  return {
    ...step,
    needs: [...(step.needs ?? []), ...setups],
    after: [...(step.after ?? []), ...built],
  };
}
