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
  readonly compile: (input: PlaygroundInput) => Promise<PlaygroundResult | 'stopped' | undefined>;
  readonly complete: (text: string, offset: number) => Promise<Completions | undefined>;
}

/** Milliseconds that a rule may take. */
export const timeLimit = 3000;

type Waiting = (answer: PlaygroundAnswer | 'stopped' | undefined) => void;

/** `code`: of the worker. A worker that is stopped or fails is replaced by a new one. */
export function createService(code: string, data: PlaygroundData): Service {
  const url = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
  const waiting = new Map<number, Waiting>();
  let number = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let compiling: number | undefined;

  const settle = (id: number, answer: PlaygroundAnswer | 'stopped' | undefined): void => {
    waiting.get(id)?.(answer);
    waiting.delete(id);
  };
  const start = (): Worker => {
    const worker = new Worker(url);
    worker.addEventListener('message', ({ data: answer }: MessageEvent<PlaygroundAnswer>) => {
      if (answer.id === compiling) clearTimeout(timer);
      settle(answer.id, answer);
    });
    worker.addEventListener('error', () => replace());
    worker.postMessage({ kind: 'data', data } satisfies PlaygroundRequest);
    return worker;
  };
  const replace = (): void => {
    clearTimeout(timer);
    current.terminate();
    for (const id of [...waiting.keys()]) settle(id, 'stopped');
    current = start();
  };
  let current = start();

  const ask = (request: (id: number) => PlaygroundRequest): ReturnType<typeof answered> => {
    const id = ++number;
    current.postMessage(request(id));
    return answered(id);
  };
  const answered = (id: number): Promise<PlaygroundAnswer | 'stopped' | undefined> =>
    new Promise((resolve) => waiting.set(id, resolve));
  return {
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
