// The page of `sigpack playground`: one HTML file with its editor, its worker and its styles, of
// which the command only fills in the data. It is kept compressed: nobody reads it in the package.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants, gzipSync } from 'node:zlib';
import Handlebars from 'handlebars';
import { rolldown } from 'rolldown';
import { trimmed } from './playground/trim.mjs';

const root = join(import.meta.dirname, '..');

async function bundled(name) {
  const bundle = await rolldown({
    cwd: root,
    platform: 'browser',
    input: `./src/playground/page/${name}.ts`,
    plugins: [trimmed],
    // no module of the page does anything but define what others call
    treeshake: {
      moduleSideEffects: false,
      propertyReadSideEffects: false,
      unknownGlobalSideEffects: false,
    },
    onLog: (_, log, handler) => handler('error', log),
  });
  const { output } = await bundle.generate({
    format: 'iife',
    codeSplitting: false,
    minify: true,
    comments: false,
  });
  return (
    output[0].code
      // what would end the element that holds it
      .replace(/<(?=\/script|!--)/gi, '\\x3C')
      // a browser reads a script of one byte per character in less time
      .replace(/[\x7f-\uffff]/g, escaped)
  );
}

const escaped = (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;

const template = (name) => readFileSync(join(root, 'scripts/playground', name), 'utf8');
const hashOf = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
const [start, script, editor, worker] = await Promise.all(
  ['start', 'page', 'editor-script', 'worker'].map(bundled),
);
const page = Handlebars.compile(template('page.html.hbs'), { strict: true })({
  hashes: [start, script, editor].map(hashOf).join(' '),
  style: template('page.css').trim(),
  start,
  script,
  editor,
  worker,
  opening: '{{opening}}',
  data: '{{data}}',
});
writeFileSync(
  join(root, 'dist/lib/playground.html.gz'),
  gzipSync(page, { level: constants.Z_BEST_COMPRESSION }),
);
