// Runs in the head: the worker begins while the rest of the page is read.
import { textOf } from './elements.ts';
import { createService, type Service } from './service.ts';

declare global {
  var playgroundService: Service;
}

globalThis.playgroundService = createService(textOf('worker'));
