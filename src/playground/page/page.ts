import { chosenFirst } from '../chosen-first.ts';
import type { PlaygroundInput, PlaygroundOpening, PlaygroundResult } from '../messages.ts';
import { fragmentOf, type SharedState, stateIn } from '../share.ts';
import { createChoices } from './choices.ts';
import { byId, element, textOf } from './elements.ts';
import { lateEditor } from './late-editor.ts';
import { onTabKey, showDiagnostics, showEvents, showQueries } from './results.ts';
import { timeLimit } from './service.ts';

const service = globalThis.playgroundService;
const opening: PlaygroundOpening = JSON.parse(textOf('opening'));

const settings = byId('settings', HTMLTextAreaElement);
const pasted = byId('pasted', HTMLTextAreaElement);
const events = byId('events', HTMLTextAreaElement);
const status = byId('status', HTMLElement);

const stopped = `Compiling took more than ${timeLimit / 1000} seconds and was stopped.`;
/** Milliseconds after the last key. */
const pause = 80;
/** Until the editor is made, also where the worker has not answered. */
const longestStart = 300;
/** Longer addresses do not survive chat tools. */
const longAddress = 8000;

let target = 'splunk';
let result: PlaygroundResult = {
  diagnostics: [],
  queries: [],
  events: [],
  eventNotes: [],
  eventError: '',
};
let timer: ReturnType<typeof setTimeout> | undefined;

const later = (): void => {
  clearTimeout(timer);
  timer = setTimeout(() => void compile(), pause);
};
const editor = lateEditor({ parent: byId('editor', HTMLElement), service, onChange: later });
const choices = createChoices(later);
for (const field of [settings, pasted, events]) field.addEventListener('input', later);

const inputNow = () => ({
  rule: editor.text(),
  settings: settings.value,
  pipelines: choices.chosen(),
  pasted: pasted.value,
  events: events.value,
});

async function compile(): Promise<void> {
  clearTimeout(timer);
  const compiled = await service.compile(inputNow());
  if (compiled === undefined) return;
  if (compiled === 'stopped') {
    status.textContent = stopped;
    return;
  }
  // other messages stay until the next one
  if (status.textContent === stopped) status.textContent = '';
  const isShown = result === opening.result && JSON.stringify(compiled) === JSON.stringify(result);
  if (isShown) result = compiled;
  else show(compiled);
  markOnce('compiled');
}

/** For measurements. */
function markOnce(name: string): void {
  if (performance.getEntriesByName(name).length === 0) performance.mark(name);
}

function show(shown: PlaygroundResult): void {
  result = shown;
  showTarget();
  markOnce('query');
  showEvents(result);
  editor.show(result.diagnostics);
}

function showTarget(): void {
  showDiagnostics(chosenFirst(result.diagnostics, target), editor);
  showQueries(result, target, choose);
}

function choose(name: string): void {
  target = name;
  showTarget();
}

byId('targets', HTMLElement).addEventListener('keydown', (event) =>
  onTabKey(event, result.queries, target, (name) => {
    choose(name);
    document.getElementById(`tab-${name}`)?.focus();
  }),
);
byId('copy', HTMLButtonElement).addEventListener('click', () => {
  void copy(byId('query', HTMLElement).textContent ?? '', 'The query is copied.');
});
byId('share', HTMLButtonElement).addEventListener('click', () => void share());
byId('theme', HTMLButtonElement).addEventListener('click', () => {
  const isDark = getComputedStyle(document.documentElement).colorScheme === 'dark';
  document.documentElement.dataset.theme = isDark ? 'light' : 'dark';
});

async function copy(text: string, done: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    status.textContent = done;
  } catch {
    status.textContent = 'The browser does not let this page copy. Select the text, and copy it.';
  }
}

async function share(): Promise<void> {
  const fragment = await fragmentOf({ ...inputNow(), target });
  history.replaceState(null, '', `#${fragment}`);
  const { length } = location.href;
  const warning =
    length > longAddress
      ? ` It has ${length} characters, which some tools cut: send the rule as a file.`
      : '';
  await copy(
    location.href,
    `The link is copied. It holds the rule, and is sent nowhere.${warning}`,
  );
}

function load(state: PlaygroundInput & { readonly target?: string }): void {
  settings.value = state.settings;
  pasted.value = state.pasted;
  events.value = state.events;
  choices.choose(state.pipelines);
  if (state.target) target = state.target;
  editor.setText(state.rule);
}

/** The state in the link; undefined where it has none or is broken. */
async function linked(): Promise<SharedState | undefined> {
  const fragment = location.hash.slice(1);
  const state = fragment === '' ? undefined : await stateIn(fragment);
  if (fragment !== '' && !state)
    status.textContent = 'The link is broken: its rule cannot be read.';
  return state;
}

/** A second link in the same page replaces the rule; a broken one leaves it. */
addEventListener('hashchange', () => {
  void linked().then((state) => {
    if (!state) return;
    load(state);
    void compile();
  });
});

/** The example, with what the worker will answer to it. */
function open(): void {
  load(opening.input);
  show(opening.result);
}

/** Runs the script of the editor, and makes the editor in a task of its own: both take time. */
function loadEditor(): void {
  const script = element('script', {}, textOf('editor-script'));
  document.body.append(script);
  script.remove();
  setTimeout(() => {
    if (globalThis.playgroundEditor) editor.make(globalThis.playgroundEditor);
    markOnce('editor');
  });
}

/** When the page is read. The editor comes last: it takes as long as all the rest. */
async function start(state: Promise<SharedState | undefined> | undefined): Promise<void> {
  service.provide(JSON.parse(textOf('data')));
  if (state) {
    const shared = await state;
    if (shared) load(shared);
    else open();
  }
  await Promise.race([compile(), new Promise((resolve) => setTimeout(resolve, longestStart))]);
  loadEditor();
}

// what a link has must not come behind the example
const state = location.hash.length > 1 ? linked() : undefined;
if (!state) open();
addEventListener('DOMContentLoaded', () => void start(state));
