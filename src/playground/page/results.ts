import type {
  PlaygroundDiagnostic,
  PlaygroundEvent,
  PlaygroundFix,
  PlaygroundMatch,
  PlaygroundQueries,
  PlaygroundReason,
  PlaygroundResult,
} from '../messages.ts';
import { button, byId, element, plain } from './elements.ts';

/** What the list of diagnostics can do to the editor. */
export interface ResultActions {
  readonly goTo: (offset: number) => void;
  readonly apply: (fix: PlaygroundFix) => void;
}

/** Shows diagnostics, as buttons that lead to their places. */
export function showDiagnostics(
  list: readonly PlaygroundDiagnostic[],
  { goTo, apply }: ResultActions,
): void {
  const items = list.map((one) => {
    const { of, severity, code, message, hint, line, span, fixes } = one;
    const place = of === 'rule' ? `line ${line}` : `${of}, line ${line}`;
    return element(
      'li',
      { class: severity },
      of === 'rule'
        ? button(place, () => goTo(span.start), { class: 'place' })
        : element('span', { class: 'place' }, place),
      element('span', {}, element('b', {}, severity), ` ${code}: ${message} `),
      element('span', { class: 'hint' }, hint),
      ...fixes.map((fix) => button(fix.title, () => apply(fix), { class: 'fix' })),
    );
  });
  const counts = (['error', 'warning', 'info'] as const)
    .map((severity) => [severity, list.filter((one) => one.severity === severity).length] as const)
    .filter(([, count]) => count > 0)
    .map(
      ([severity, count]) => `${count} ${severity}${count === 1 || severity === 'info' ? '' : 's'}`,
    );
  byId('diagnostics', HTMLOListElement).replaceChildren(...items);
  byId('summary', HTMLElement).textContent =
    counts.length === 0 ? 'Nothing to report' : counts.join(', ');
}

/** Shows the text of the chosen target, or why there is none. */
export function showQueries(
  { queries, diagnostics }: PlaygroundResult,
  target: string,
  onChoice: (target: string) => void,
): void {
  const tabs = queries.map((one) => {
    const isChosen = one.target === target;
    const refused = one.rules === 0;
    const tab = button(one.target, () => onChoice(one.target), {
      role: 'tab',
      id: `tab-${one.target}`,
      'aria-selected': String(isChosen),
      'aria-controls': 'query-panel',
      tabindex: isChosen ? '0' : '-1',
      ...(refused ? { class: 'refused', title: 'no query' } : {}),
    });
    return tab;
  });
  const list = byId('targets', HTMLElement);
  const hadFocus = list.contains(document.activeElement);
  list.replaceChildren(...tabs);
  if (hadFocus) document.getElementById(`tab-${target}`)?.focus();
  byId('query-panel', HTMLElement).setAttribute('aria-labelledby', `tab-${target}`);
  const shown = queries.find((one) => one.target === target);
  const isThere = shown !== undefined && shown.rules > 0;
  byId('query', HTMLElement).replaceChildren(...plain(isThere ? shown.text : ''));
  byId('query', HTMLElement).hidden = !isThere;
  byId('copy', HTMLButtonElement).disabled = !isThere;
  const reasons = diagnostics.filter(
    (one) => one.severity === 'error' && (one.target ?? target) === target,
  );
  const why = byId('no-query', HTMLElement);
  why.hidden = isThere;
  why.replaceChildren(
    element('p', {}, `There is no query for ${target}.`),
    ...reasons.map(({ message }) => element('p', {}, message)),
  );
}

/** Moves between tabs with the arrows, as tab lists do. */
export function onTabKey(
  event: KeyboardEvent,
  queries: readonly PlaygroundQueries[],
  target: string,
  onChoice: (target: string) => void,
): void {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const at = queries.findIndex((one) => one.target === target);
  const next = step === undefined ? undefined : queries.at((at + step) % queries.length);
  if (!next) return;
  event.preventDefault();
  onChoice(next.target);
}

/** Shows which rules find each event, and the parts that decide. */
export function showEvents({ events, eventNotes, eventError }: PlaygroundResult): void {
  byId('event-notes', HTMLElement).replaceChildren(
    ...eventNotes.map((note) => element('p', {}, note)),
  );
  byId('event-results', HTMLElement).replaceChildren(
    ...events.map((event, index) => eventElement(event, index + 1)),
    ...(eventError === '' ? [] : [element('p', { class: 'fails' }, eventError)]),
  );
}

function eventElement({ line, matches }: PlaygroundEvent, number: number): HTMLElement {
  const place = element('span', { class: 'quiet' }, `, line ${line}`);
  return element(
    'section',
    { class: 'event' },
    element('h3', {}, `Event ${number}`, place),
    ...matches.map(matchElement),
  );
}

function matchElement({ title, kind, holds, reason, groups }: PlaygroundMatch): HTMLElement {
  const verdict =
    kind === 'correlation'
      ? holds
        ? 'is fulfilled at this event'
        : 'is not fulfilled at this event'
      : holds
        ? 'matches'
        : 'does not match';
  const keys = groups.map((group) => group.join(', ')).filter((group) => group !== '');
  const head = element(
    'p',
    { class: holds ? 'holds' : 'fails' },
    element('b', {}, title),
    ` ${verdict}`,
    ...(keys.length > 0 ? [`: ${keys.join('; ')}`] : []),
  );
  return element(
    'div',
    {},
    head,
    ...(reason ? [element('ul', { class: 'reason' }, reasonElement(reason))] : []),
  );
}

function reasonElement({ text, holds, found, children }: PlaygroundReason): HTMLElement {
  return element(
    'li',
    { class: holds ? 'holds' : 'fails' },
    element('span', { class: 'mark' }, holds ? 'holds' : 'fails'),
    element('code', {}, text),
    ...(found === undefined ? [] : [element('span', { class: 'quiet' }, ` ${found}`)]),
    ...(children.length > 0 ? [element('ul', {}, ...children.map(reasonElement))] : []),
  );
}
