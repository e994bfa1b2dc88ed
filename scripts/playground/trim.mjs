// Leaves out of two libraries what the playground never reaches, and a bundler can't know.

/** Unicode classes that patterns are written with for re2js: see the spelling of Python's. */
export const usedClasses = ['L', 'N', 'Nd'];

const table = /^\t+(\w+): \(\) => new UnicodeRangeTable\(decodeRanges\("[^"]*", \w+\)\),?\n/gm;

/** Without the tables of the other classes, re2js refuses these as it refuses unknown ones. */
const withoutTables = (code) =>
  code.replace(table, (line, name) => (usedClasses.includes(name) ? line : ''));

/** Values that the reader of YAML doesn't use: schemas, and styles of what is written. */
const withPureValues = (code) =>
  code
    .replace(/^(var \w+ = )(new Schema\(\[.*?^\]\));$/gms, '$1/* @__PURE__ */ (() => $2)();')
    .replace(/^(var \w+ = |\tscalarStyleRules: )((?:new )?[\w.]+\()/gm, '$1/* @__PURE__ */ $2');

/** Nothing is highlighted by a grammar: of this library, only the names that are imported stay. */
const namesAlone = (code) =>
  code.replace(/^.*^export \{ (.*) \};$/ms, (_, names) =>
    names.replace(/\w+(?:, )?/g, (name) => `export const ${name.replace(', ', '')} = undefined;\n`),
  );

/** Without a grammar, no text has a tree, and nothing parses. */
const withoutTrees = (code) =>
  code
    .replace(/^(function syntaxTree\(state\) \{\n)[^}]*/m, '$1    return Tree.empty;\n')
    .replace(/^Language\.(?:setState = [^\n]*|state = .*?^\}\));$/gms, '')
    .replace(/^for \(let \[legacyName, name\] of \[.*?^\]\)\n[^;]*;$/ms, '');

const trims = [
  { file: '/@lezer/highlight/dist/index.js', trim: namesAlone },
  { file: '/@codemirror/language/dist/index.js', trim: withoutTrees },
  { file: '/re2js/build/index.js', trim: withoutTables },
  { file: '/js-yaml/dist/js-yaml.mjs', trim: withPureValues },
];

/** A plugin of rolldown. It throws where a library has another form than expected. */
export const trimmed = {
  name: 'trimmed',
  transform(code, id) {
    const found = trims.find(({ file }) => id.endsWith(file));
    if (!found) return undefined;
    const text = found.trim(code);
    if (text === code) throw new Error(`${id} has another form: see scripts/playground/trim.mjs`);
    return text;
  },
};
