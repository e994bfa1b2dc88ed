import { chosenFirst } from '../chosen-first.ts';
import type { PlaygroundData, PlaygroundResult } from '../messages.ts';
import { fragmentOf, type SharedState, stateIn } from '../share.ts';
import { createChoices } from './choices.ts';
import { createEditor } from './editor.ts';
import { byId } from './elements.ts';
import { exampleEvents, exampleRule } from './example.ts';
import { onTabKey, showDiagnostics, showEvents, showQueries } from './results.ts';
import { createService, timeLimit } from './service.ts';

const textOf = (id: string): string => byId(id, HTMLScriptElement).textContent ?? '';
const data: PlaygroundData = JSON.parse(textOf('data'));
const service = createService(textOf('worker'), data);

const settings = byId('settings', HTMLTextAreaElement);
const pasted = byId('pasted', HTMLTextAreaElement);
const events = byId('events', HTMLTextAreaElement);
const status = byId('status', HTMLElement);

const stopped = `Compiling took more than ${timeLimit / 1000} seconds and was stopped.`;
/** Milliseconds after the last key. */
const pause = 80;
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
const editor = createEditor(byId('editor', HTMLElement), service, later);
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
  result = compiled;
  show();
  if (performance.getEntriesByName('compiled').length === 0) performance.mark('compiled');
}

function show(): void {
  editor.show(result.diagnostics);
  showTarget();
  showEvents(result);
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

function load(state: Omit<SharedState, 'target'> & { readonly target?: string }): void {
  settings.value = state.settings;
  pasted.value = state.pasted;
  events.value = state.events;
  choices.choose(state.pipelines);
  if (state.target) target = state.target;
  editor.setText(state.rule);
  void compile();
}

async function open(): Promise<void> {
  const fragment = location.hash.slice(1);
  const shared = fragment === '' ? undefined : await stateIn(fragment);
  if (shared) load(shared);
  else if (fragment !== '') status.textContent = 'The link is broken: its rule cannot be read.';
  return shared ? undefined : start();
}

/** A second link in the same page replaces the rule; a broken one leaves it. */
addEventListener('hashchange', () => {
  void stateIn(location.hash.slice(1)).then((shared) => {
    if (shared) load(shared);
    else status.textContent = 'The link is broken: its rule cannot be read.';
  });
});

function start(): void {
  load({
    rule: exampleRule,
    events: exampleEvents,
    settings: data.settings,
    pipelines: {},
    pasted: '',
  });
}

void open();
