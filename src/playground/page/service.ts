import type {
  PlaygroundAnswer,
  PlaygroundData,
  PlaygroundInput,
  PlaygroundRequest,
  PlaygroundResult,
} from '../messages.ts';

type Completions = Extract<PlaygroundAnswer, { kind: 'completions' }>;

/** The worker, as the page uses it. The answer is undefined where it was stopped or overtaken. */
export interface Service {
  /** What workers need before the first text. */
  readonly provide: (data: PlaygroundData) => void;
  readonly compile: (input: PlaygroundInput) => Promise<PlaygroundResult | 'stopped' | undefined>;
  readonly complete: (text: string, offset: number) => Promise<Completions | undefined>;
}

/** Milliseconds that a rule may take. */
export const timeLimit = 3000;

type Waiting = (answer: PlaygroundAnswer | 'stopped' | undefined) => void;

function startedWorker(
  url: string,
  onAnswer: (answer: PlaygroundAnswer) => void,
  onError: () => void,
): Worker {
  const worker = new Worker(url);
  worker.addEventListener('message', ({ data }: MessageEvent<PlaygroundAnswer>) => onAnswer(data));
  worker.addEventListener('error', onError);
  return worker;
}

function provideTo(worker: Worker, data: PlaygroundData | undefined): void {
  if (data) worker.postMessage({ kind: 'data', data } satisfies PlaygroundRequest);
}

/** `code`: of the worker. A worker that is stopped or fails is replaced by a new one. */
export function createService(code: string): Service {
  const url = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
  const waiting = new Map<number, Waiting>();
  let number = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let compiling: number | undefined;
  let data: PlaygroundData | undefined;

  const settle = (id: number, answer: PlaygroundAnswer | 'stopped' | undefined): void => {
    waiting.get(id)?.(answer);
    waiting.delete(id);
  };
  const hear = (answer: PlaygroundAnswer): void => {
    if (answer.id === compiling) clearTimeout(timer);
    settle(answer.id, answer);
  };
  const replace = (): void => {
    clearTimeout(timer);
    current.terminate();
    for (const id of [...waiting.keys()]) settle(id, 'stopped');
    current = startedWorker(url, hear, replace);
    provideTo(current, data);
  };
  let current = startedWorker(url, hear, replace);

  const ask = (request: (id: number) => PlaygroundRequest): ReturnType<typeof answered> => {
    const id = ++number;
    current.postMessage(request(id));
    return answered(id);
  };
  const answered = (id: number): Promise<PlaygroundAnswer | 'stopped' | undefined> =>
    new Promise((resolve) => waiting.set(id, resolve));
  return {
    provide(given) {
      data = given;
      provideTo(current, data);
    },
    async compile(input) {
      // what is still being compiled is no longer wanted
      if (compiling !== undefined && waiting.has(compiling)) settle(compiling, undefined);
      clearTimeout(timer);
      const answer = ask((id) => {
        compiling = id;
        return { kind: 'compile', id, input };
      });
      timer = setTimeout(replace, timeLimit);
      const found = await answer;
      return typeof found === 'object' && found.kind === 'compiled'
        ? found.result
        : found === 'stopped'
          ? 'stopped'
          : undefined;
    },
    async complete(text, offset) {
      const found = await ask((id) => ({ kind: 'complete', id, text, offset }));
      return typeof found === 'object' && found.kind === 'completions' ? found : undefined;
    },
  };
}
