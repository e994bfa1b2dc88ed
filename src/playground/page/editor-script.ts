// The script of the editor, by itself: the page reads it when the worker has begun.
import { createEditor } from './editor.ts';

declare global {
  var playgroundEditor: typeof createEditor | undefined;
}

globalThis.playgroundEditor = createEditor;
