/**
 * Runs steps side by side: each waits for those that it names and for a free core; its output is
 * printed whole when it ends.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, constants, cpus, setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Step {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly env?: Readonly<Record<string, string>>;
  /** Steps that must have ended well. */
  readonly needs?: readonly string[];
  /** Steps that must have ended, well or not. */
  readonly after?: readonly string[];
  /** Cores that it keeps busy: 0 for a step that mostly waits; default 1. */
  readonly cores?: number;
  /** Nothing else runs while it does. */
  readonly alone?: boolean;
  /**
   * Seconds after which it counts as hung; default 1,500: twice what the longest takes on a busy
   * machine.
   */
  readonly limit?: number;
  /**
   * The step that left something running, which this one stops; it does so even when the whole run
   * is stopped.
   */
  readonly ends?: string;
}

export interface Done {
  readonly name: string;
  readonly result: 'passed' | 'failed' | 'not run';
  /** Why it failed or did not run. */
  readonly reason: string;
  /** Seconds since the start of the run. */
  readonly started: number;
  readonly seconds: number;
  /** User and system time of the step and its children. */
  readonly cpu: number;
  /** The end of what a step that failed printed, whole lines. */
  readonly tail: string;
}

export interface Run {
  /** Ended steps in the order of their ends, then those that did not run. */
  readonly done: readonly Done[];
  /** The signal that stopped the run. */
  readonly stopped: NodeJS.Signals | undefined;
  /** CPU seconds of the whole machine during the run: those of servers too, which no step counts. */
  readonly busy: number;
}

const defaultLimit = 1500;
/** Milliseconds that a step has to end in after SIGTERM. */
const grace = 30_000;
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
// bash waits for its child even when both get a signal, then `times` counts the children that have
// ended
const timed = 'trap : TERM INT HUP; exec 9>"$0"; "$@" 9>&-; code=$?; times >&9; exit $code';

interface Running {
  readonly step: Step;
  readonly child: ChildProcess;
  readonly start: number;
  hung: boolean;
}

/** Runs all steps; `print` gets the output of each. */
export async function runSteps(
  steps: readonly Step[],
  print: (text: string) => void,
  cores = availableParallelism(),
): Promise<Run> {
  const names = new Set(steps.map(({ name }) => name));
  for (const { name, needs = [], after = [] } of steps) {
    for (const other of [...needs, ...after])
      if (!names.has(other)) throw new Error(`${name} waits for ${other}, which is not a step`);
  }
  const folder = mkdtempSync(join(tmpdir(), 'sigpack-steps-'));
  try {
    return await new Runner(steps, folder, print, cores).run();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

class Runner {
  private readonly begin = performance.now();
  private readonly waiting: Set<Step>;
  private readonly running = new Map<string, Running>();
  private readonly done = new Map<string, Done>();
  private stopped: NodeJS.Signals | undefined;
  private finish: () => void = () => undefined;
  private readonly steps: readonly Step[];
  private readonly folder: string;
  private readonly print: (text: string) => void;
  private readonly cores: number;

  constructor(
    steps: readonly Step[],
    folder: string,
    print: (text: string) => void,
    cores: number,
  ) {
    this.steps = steps;
    this.folder = folder;
    this.print = print;
    this.cores = cores;
    this.waiting = new Set(steps);
  }

  async run(): Promise<Run> {
    const stop = (signal: NodeJS.Signals): void => this.stop(signal);
    const busyBefore = busySeconds();
    for (const signal of signals) process.on(signal, stop);
    try {
      const finished = new Promise<void>((resolve) => {
        this.finish = resolve;
      });
      this.startMore();
      await finished;
      if (this.stopped) this.endAll();
    } finally {
      for (const signal of signals) process.off(signal, stop);
    }
    return {
      done: [...this.done.values()],
      stopped: this.stopped,
      busy: busySeconds() - busyBefore,
    };
  }

  private startMore(): void {
    for (let again = true; again; ) {
      again = false;
      for (const step of this.waiting) {
        const reason = this.reasonNotToRun(step);
        if (reason === undefined) continue;
        // a step that waits for this one may be decided now
        again = true;
        this.waiting.delete(step);
        this.end({
          name: step.name,
          result: 'not run',
          reason,
          started: this.seconds(),
          seconds: 0,
          cpu: 0,
          tail: '',
        });
      }
    }
    for (const step of this.waiting) {
      if (!this.isReady(step) || !this.fits(step)) continue;
      this.waiting.delete(step);
      this.start(step);
    }
    if (this.running.size > 0) return;
    for (const { name } of this.waiting)
      this.end({
        name,
        result: 'not run',
        reason: 'waits for itself',
        started: this.seconds(),
        seconds: 0,
        cpu: 0,
        tail: '',
      });
    this.waiting.clear();
    this.finish();
  }

  private reasonNotToRun({ needs = [] }: Step): string | undefined {
    if (this.stopped) return `stopped by ${this.stopped}`;
    const failed = needs.find((name) => (this.done.get(name)?.result ?? 'passed') !== 'passed');
    return failed === undefined ? undefined : `${failed} did not pass`;
  }

  private isReady({ needs = [], after = [] }: Step): boolean {
    return [...needs, ...after].every((name) => this.done.has(name));
  }

  private fits({ alone, cores = 1 }: Step): boolean {
    const running = [...this.running.values()].map(({ step }) => step);
    if (running.some((step) => step.alone)) return false;
    if (alone) return running.length === 0;
    const busy = running.reduce((sum, step) => sum + (step.cores ?? 1), 0);
    return cores === 0 || busy === 0 || busy + cores <= this.cores;
  }

  private start(step: Step): void {
    const log = openSync(this.logOf(step), 'w');
    const [program, ...rest] = step.command;
    const child = spawn('bash', ['-c', timed, this.timesOf(step), program, ...rest], {
      // a group of its own, so that its children can be stopped with it
      detached: true,
      stdio: ['ignore', log, log],
      env: { ...process.env, ...step.env },
    });
    closeSync(log);
    if (!step.alone && step.cores !== 0) yieldCores(child);
    const running: Running = { step, child, start: this.seconds(), hung: false };
    this.running.set(step.name, running);
    const limit = setTimeout(
      () => {
        running.hung = true;
        this.kill(running);
      },
      (step.limit ?? defaultLimit) * 1000,
    );
    child.on('close', (code, signal) => {
      clearTimeout(limit);
      this.ended(running, code, signal);
    });
  }

  private ended(
    { step, start, hung }: Running,
    code: number | null,
    signal: NodeJS.Signals | null,
  ): void {
    this.running.delete(step.name);
    const bad =
      code === 0 && !hung ? undefined : signal ? `ended by ${signal}` : `exit code ${code}`;
    const reason = hung ? `took more than ${step.limit ?? defaultLimit} s` : (bad ?? '');
    const seconds = this.seconds() - start;
    const output = readFileSync(this.logOf(step), 'utf8');
    this.print(
      `== ${step.name}: ${bad === undefined ? 'passed' : `FAILED, ${reason}`}, ${seconds.toFixed(1)} s\n${output}`,
    );
    const result = bad === undefined ? 'passed' : 'failed';
    this.end({
      name: step.name,
      result,
      reason,
      started: start,
      seconds,
      cpu: cpuIn(this.timesOf(step)),
      tail: bad === undefined ? '' : endOf(output),
    });
    this.startMore();
  }

  private end(done: Done): void {
    this.done.set(done.name, done);
  }

  private stop(signal: NodeJS.Signals): void {
    if (this.stopped) return;
    this.stopped = signal;
    process.exitCode = exitCodes[signal as keyof typeof exitCodes];
    for (const running of this.running.values()) this.kill(running);
    this.startMore();
  }

  private kill({ child }: Running): void {
    killGroup(child, 'SIGTERM');
    setTimeout(() => killGroup(child, 'SIGKILL'), grace).unref();
  }

  private endAll(): void {
    for (const { command, ends } of this.steps) {
      if (ends === undefined || (this.done.get(ends)?.result ?? 'not run') === 'not run') continue;
      spawnSync(command[0], command.slice(1), { stdio: 'ignore' });
    }
  }

  private logOf(step: Step): string {
    return join(this.folder, `${this.steps.indexOf(step)}.log`);
  }

  private timesOf(step: Step): string {
    return join(this.folder, `${this.steps.indexOf(step)}.times`);
  }

  private seconds(): number {
    return (performance.now() - this.begin) / 1000;
  }
}

/** Seconds that the cores of this machine have worked since it started. */
const busySeconds = (): number =>
  cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys, 0) / 1000;

/** The last whole lines of a text, at most 6,000 characters. */
function endOf(text: string): string {
  if (text.length <= 6000) return text;
  const last = text.slice(-6000);
  return last.slice(last.indexOf('\n') + 1);
}

/** What computes leaves the cores to servers, whose judges wait for them: they take longest. */
function yieldCores({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // it has ended by itself
  }
}

function killGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // it has ended by itself
  }
}

/** The sum of what bash's `times` wrote, such as `0m1.250s`; 0 for a step that was killed. */
function cpuIn(path: string): number {
  const times = readFileSync(path, { encoding: 'utf8', flag: 'a+' }).matchAll(/(\d+)m([\d.]+)s/g);
  return [...times].reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds),
    0,
  );
}
