import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}

interface Job {
  readonly 'runs-on': string;
  readonly 'timeout-minutes'?: number;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly strategy?: { readonly matrix: Readonly<Record<string, readonly string[]>> };
  readonly steps: readonly Step[];
  readonly [key: string]: unknown;
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const root = join(import.meta.dirname, '..');
const folder = join(root, '.github', 'workflows');
const names = readdirSync(folder).sort();
const textOf = (name: string): string => readFileSync(join(folder, name), 'utf8');
const workflowOf = (name: string): Workflow => load(textOf(name)) as Workflow;
const jobsOf = (name: string): readonly Job[] => Object.values(workflowOf(name).jobs);

// GitHub's workflow syntax: a key that is not known there makes GitHub refuse the whole file
const workflowKeys = [
  'name',
  'run-name',
  'on',
  'permissions',
  'env',
  'defaults',
  'concurrency',
  'jobs',
];
const jobKeys = [
  'name',
  'permissions',
  'needs',
  'if',
  'runs-on',
  'environment',
  'concurrency',
  'env',
  'strategy',
  'steps',
  'timeout-minutes',
];
const stepKeys = [
  'id',
  'if',
  'name',
  'uses',
  'run',
  'shell',
  'with',
  'env',
  'working-directory',
  'continue-on-error',
  'timeout-minutes',
];
const unknownKeys = (value: object, known: readonly string[]): readonly string[] =>
  Object.keys(value).filter((key) => !known.includes(key));

it('there is one workflow for every change and one for releases', () => {
  expect(names).toEqual(['ci.yml', 'release.yml']);
});

describe.each(names)('%s', (name) => {
  it('has only keys that GitHub knows', () => {
    const workflow = workflowOf(name);
    expect(unknownKeys(workflow, workflowKeys)).toEqual([]);
    for (const job of jobsOf(name)) {
      expect(unknownKeys(job, jobKeys)).toEqual([]);
      expect(job.steps.length).toBeGreaterThan(0);
      for (const step of job.steps) {
        expect(unknownKeys(step, stepKeys)).toEqual([]);
        expect([step.uses, step.run].filter((one) => one !== undefined)).toHaveLength(1);
      }
    }
  });

  it('pins each action by its commit and names the version', () => {
    const lines = textOf(name).match(/^.*\buses:.*$/gm) ?? [];
    expect(lines.length).toBeGreaterThan(0);
    expect(
      lines.filter(
        (line) => !/^\s*- uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line),
      ),
    ).toEqual([]);
  });

  it('starts with read access alone, keeps no token, and ends in time', () => {
    expect(workflowOf(name).permissions).toEqual({ contents: 'read' });
    for (const job of jobsOf(name)) {
      expect(job['timeout-minutes']).toBeLessThanOrEqual(30);
      const checkouts = job.steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'));
      expect(checkouts.map((step) => step.with?.['persist-credentials'])).toEqual([false]);
    }
  });

  it('puts nothing that others write into a shell', () => {
    const scripts = jobsOf(name).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));
    expect(scripts.filter((script) => script.includes('${{'))).toEqual([]);
  });

  it('runs scripts that there are', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      readonly scripts: Readonly<Record<string, string>>;
    };
    const called = [...textOf(name).matchAll(/npm run ([\w:]+)/g)].map((match) => match[1] ?? '');
    expect(called.filter((script) => !(script in scripts))).toEqual([]);
    const files = [...textOf(name).matchAll(/\b(?:bash|node) ((?:scripts|test)\/[\w./-]+)/g)].map(
      (match) => join(root, match[1] ?? ''),
    );
    for (const file of files) expect(readFileSync(file, 'utf8')).not.toBe('');
  });
});

it('tests run on every supported Node and system', () => {
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly engines: { readonly node: string };
  };
  const matrix = workflowOf('ci.yml').jobs.test?.strategy?.matrix;
  expect(matrix?.os).toEqual(['ubuntu-latest', 'macos-latest', 'windows-latest']);
  expect(matrix?.node).toEqual(['22.12.0', '24', '26']);
  expect(engines.node).toBe(`>=${matrix?.node?.[0]?.replace(/\.0$/, '')}`);
});

it('a release is published from a tag alone, by an identity and not by a token', () => {
  const { on, jobs } = workflowOf('release.yml');
  expect(on).toEqual({ push: { tags: ['v*'] } });
  expect(jobs.publish?.permissions).toEqual({ contents: 'read', 'id-token': 'write' });
  const text = textOf('release.yml');
  expect(text).toContain('npm publish --provenance');
  expect(text).not.toContain('secrets.');
});
