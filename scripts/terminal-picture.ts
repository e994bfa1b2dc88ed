// A picture of what a command prints on a terminal, as SVG: its text can be selected and searched.

const colors: Readonly<Record<string, string>> = {
  '31': '#ff8b8b',
  '32': '#8fd694',
  '33': '#f2d06b',
  '34': '#8ab4ff',
  '35': '#d7a5f5',
  '36': '#7fdbe6',
  '90': '#8a94a3',
};

interface Piece {
  readonly text: string;
  readonly color: string | undefined;
  readonly bold: boolean;
}

const width = 8.4;
const height = 19;
const edge = 16;

const esc = '\u001b';
// from a string: the linter allows no control character in a pattern
const change = new RegExp(`(${esc}\\[[\\d;]*m)`, 'g');
const wholeChange = new RegExp(`^${esc}\\[([\\d;]*)m$`);

const escaped = (text: string): string =>
  text.replace(/[&<>]/g, (char) => `&#${char.charCodeAt(0)};`).replaceAll(' ', '&#160;');

/** The pieces of a line between changes of colour. `ESC [ 31 m` and the like, nothing else. */
function* piecesOf(line: string): Generator<Piece> {
  let color: string | undefined;
  let bold = false;
  for (const part of line.split(change)) {
    const codes = wholeChange.exec(part)?.[1]?.split(';');
    if (!codes) {
      if (part !== '') yield { text: part, color, bold };
      continue;
    }
    for (const code of codes) {
      if (code === '1') bold = true;
      else if (code === '22') bold = false;
      else if (code === '' || code === '0') [color, bold] = [undefined, false];
      else color = colors[code];
    }
  }
}

/** `output` may have the colours of a terminal. `label` describes the picture. */
export function terminalPicture(command: string, output: string, label: string): string {
  const lines = [
    `\u001b[90m$\u001b[0m \u001b[1m${command}\u001b[0m`,
    ...output.trimEnd().split('\n'),
  ];
  const plain = lines.map((line) => line.replaceAll(change, ''));
  const w = Math.ceil(Math.max(...plain.map(({ length }) => length)) * width + 2 * edge);
  const h = lines.length * height + 2 * edge;
  const rows = lines.map((line, index) => {
    const spans = [...piecesOf(line)].map(({ text, color, bold }) => {
      const style = `${color ? ` fill="${color}"` : ''}${bold ? ' font-weight="bold"' : ''}`;
      return `<tspan${style}>${escaped(text)}</tspan>`;
    });
    return `<text x="${edge}" y="${edge + (index + 0.75) * height}">${spans.join('')}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${w} ${h}" width="${w}" height="${h}" role="img" aria-label="${label}">
<rect width="${w}" height="${h}" rx="8" fill="#10151c"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', 'DejaVu Sans Mono', monospace" font-size="14" fill="#e4e9f0">
${rows.join('\n')}
</g>
</svg>
`;
}
