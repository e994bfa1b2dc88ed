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
  // what would end the element that holds it
  return output[0].code.replace(/<(?=\/script|!--)/gi, '\\x3C');
}

const template = (name) => readFileSync(join(root, 'scripts/playground', name), 'utf8');
const [script, worker] = await Promise.all(['page', 'worker'].map(bundled));
const hash = createHash('sha256').update(script).digest('base64');
const page = Handlebars.compile(template('page.html.hbs'), { strict: true })({
  hashes: `'sha256-${hash}'`,
  style: template('page.css').trim(),
  script,
  worker,
  data: '{{data}}',
});
writeFileSync(
  join(root, 'dist/lib/playground.html.gz'),
  gzipSync(page, { level: constants.Z_BEST_COMPRESSION }),
);
