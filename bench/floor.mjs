// What any builder in Node has to do at least: read the rules, parse their YAML to events, compress
// the text of both packs.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parseEvents } from 'js-yaml';

const [text, ...folders] = process.argv.slice(2);
for (const folder of folders) {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.yml')) continue;
    parseEvents(readFileSync(join(entry.parentPath, entry.name), 'utf8'), {});
  }
}
if (text) gzipSync(readFileSync(text));
