import { exactPieces } from '../../source/visible.ts';

/** The element of the page with an id. */
export function byId<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const element = document.getElementById(id);
  if (element instanceof kind) return element;
  throw new Error(`the page has no ${id}`);
}

/** What a script that is not run, or data, has in it. */
export const textOf = (id: string): string => byId(id, HTMLScriptElement).textContent ?? '';

type Properties = Readonly<Record<string, string>>;

/** A text whose direction no character of it changes: each is alone, with its code in front. */
export const plain = (text: string): readonly (Node | string)[] =>
  exactPieces(text).map(({ text: piece, code }) => {
    if (code === '') return piece;
    const made = document.createElement('bdi');
    made.dataset.code = code;
    made.append(piece);
    return made;
  });

/** An element with attributes and texts or elements in it. Texts never become markup. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Properties = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.flatMap((one) => (typeof one === 'string' ? plain(one) : one)));
  return made;
}

/** A button that calls a function. */
export function button(
  text: string,
  onClick: () => void,
  attributes: Properties = {},
): HTMLElement {
  const made = element('button', { type: 'button', ...attributes }, text);
  made.addEventListener('click', onClick);
  return made;
}
