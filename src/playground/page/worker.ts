// Compiles what the page sends, apart from it: what takes too long is stopped by ending the worker.
import { createAnswerer } from '../answer.ts';
import type { PlaygroundRequest } from '../messages.ts';

const answer = createAnswerer(() => crypto.randomUUID());

addEventListener('message', ({ data }: MessageEvent<PlaygroundRequest>) => {
  const answered = answer(data);
  if (answered) postMessage(answered);
});
