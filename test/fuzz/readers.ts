import { spawnSync } from 'node:child_process';
import { XMLValidator } from 'fast-xml-parser';
import { type DefaultTreeAdapterMap, parse } from 'parse5';
import { ruleSavedSearchKeys } from '../../src/pack/settings/rule-may-set.ts';
import { readTar, readZip } from '../archives.ts';
import { readCsv, readStrictConf } from '../conf-reader.ts';
import { Broken } from './project.ts';

/** `read` fails by throwing; what then is broken has a name. */
function readBy<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new Broken(`${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

export const readJson = (name: string, text: string): unknown =>
  readBy(name, () => JSON.parse(text));

/** The app: plain files, conf files that a strict reader reads, XML and CSV. */
export async function checkApp(bytes: Uint8Array, byRules: boolean): Promise<void> {
  for (const { header, text } of await readTar(bytes)) {
    const { name } = header;
    if (
      header.type !== 'file' ||
      !/^fuzzed\/(?:[A-Za-z0-9_-]+\/)*[A-Za-z0-9_-]+\.[A-Za-z]+$/.test(name)
    )
      throw new Broken(`the app holds ${header.type} ${name}`);
    if (/\/default\/[a-z]+\.conf$|\.meta$/.test(name)) checkConf(name, text, byRules);
    if (name.endsWith('.xml')) checkXml(name, text);
    if (name.endsWith('.csv')) readBy(name, () => readCsv(text));
  }
}

/** Keys that Sigpack writes by itself. */
const ownKeys =
  /^(?:search|description|cron_schedule|dispatch\.(?:earliest|latest)_time|enableSched|disabled|schedule_window|allow_skew|realtime_schedule|is_visible|counttype|relation|quantity|alert\.(?:severity|track|digest_mode|suppress(?:\.(?:fields|period))?)|action\.(?:correlationsearch|notable|risk|escu)(?:\.[\w.]+)?)$/;

/**
 * `byRules`: the configuration sets no key, so that none but those which a rule may set are there.
 */
function checkConf(name: string, text: string, byRules: boolean): void {
  const stanzas = readBy(name, () => readStrictConf(text.replaceAll(/^\[\]$/gm, '[none]')));
  if (!name.endsWith('/savedsearches.conf')) return;
  for (const [title, settings] of stanzas) {
    if (!settings.has('search') && settings.get('disabled') !== '1')
      throw new Broken(`${name}: [${title}] has no search`);
    const foreign = byRules
      ? [...settings.keys()].find((key) => !ownKeys.test(key) && !ruleSavedSearchKeys.has(key))
      : undefined;
    if (foreign !== undefined) throw new Broken(`${name}: [${title}] has ${foreign}`);
  }
}

function checkXml(name: string, text: string): void {
  const valid = XMLValidator.validate(text);
  if (valid !== true) throw new Broken(`${name}: ${valid.err.msg}, line ${valid.err.line}`);
  if (
    /<!DOCTYPE|<!ENTITY|<script|javascript:/i.test(text.replaceAll(/<!\[CDATA\[[\s\S]*?\]\]>/g, ''))
  )
    throw new Broken(`${name} holds a declaration or a script`);
}

export async function checkBundle(bytes: Uint8Array): Promise<void> {
  for (const { entry } of await readZip(Buffer.from(bytes)))
    if (
      !/^fuzzed-[0-9.]+\/(?:[A-Za-z0-9_.-]+\/)*[A-Za-z0-9_.-]+$/.test(entry.fileName) ||
      entry.fileName.includes('..')
    )
      throw new Broken(`the bundle holds ${entry.fileName}`);
}

type Node = DefaultTreeAdapterMap['node'];

/**
 * A page: HTML without a fault, with no script but the one beside it, and no address but those of
 * the web and of the site.
 */
export function checkHtml(name: string, text: string): void {
  const faults: string[] = [];
  const document = parse(text, {
    onParseError: ({ code, startLine }) => faults.push(`${code}, line ${startLine}`),
    sourceCodeLocationInfo: false,
  });
  // a page may hold any character of a rule but those that end it
  const serious = faults.filter(
    (fault) =>
      !/^(?:control-character-in-input-stream|control-character-reference|noncharacter-in-input-stream)/.test(
        fault,
      ),
  );
  if (serious.length > 0) throw new Broken(`${name}: ${serious[0]}`);
  const nodes: Node[] = [document];
  for (let node = nodes.pop(); node; node = nodes.pop()) {
    if ('attrs' in node) checkElement(name, node);
    if ('value' in node) checkDirection(name, node);
    if ('childNodes' in node) nodes.push(...node.childNodes);
  }
}

const elements = new Set(
  'a aside b bdi body button code dd div dl dt form h1 h2 h3 head header html input kbd label li link main meta meter nav noscript option p pre script section select small span table tbody td th thead title tr ul wbr'.split(
    ' ',
  ),
);

const turning = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

/** What turns the text after it is alone in an element that ends that. */
function checkDirection(
  page: string,
  { value, parentNode }: DefaultTreeAdapterMap['textNode'],
): void {
  const isAlone = value.length === 1 && parentNode?.nodeName === 'bdi';
  if (turning.test(value) && !isAlone) throw new Broken(`${page} has a text that turns`);
}

function checkElement(
  page: string,
  { tagName, attrs, childNodes }: DefaultTreeAdapterMap['element'],
): void {
  if (!elements.has(tagName)) throw new Broken(`${page} has an element ${tagName}`);
  const written = new Map(attrs.map(({ name, value }) => [name, value]));
  for (const [name, value] of written) {
    if (name.startsWith('on') || name === 'srcdoc')
      throw new Broken(`${page} has an attribute ${name}`);
    if (
      (name === 'href' || name === 'src' || name === 'action') &&
      /^[^/?#]*:/.test(value) &&
      !/^(?:https?:|data:,)/i.test(value)
    )
      throw new Broken(`${page} leads to ${value}`);
  }
  if (tagName !== 'script') return;
  const isData = written.get('type') === 'application/json';
  const inside = childNodes.map((child) => ('value' in child ? child.value : '')).join('');
  if (isData) readJson(`${page}, data`, inside);
  else if (!/^(?:\.\.\/)?site\.js$/.test(written.get('src') ?? '') || inside.trim() !== '')
    throw new Broken(`${page} has a script of its own`);
}

export function checkMarkdown(name: string, text: string): void {
  const outside = text.replaceAll(/^(`{3,}|~{3,})[\s\S]*?^\1$/gm, '');
  if (/(?<!\\)<(?:script|img|iframe|svg)\b/i.test(outside.replaceAll(/`+[^`\n]*`+/g, '')))
    throw new Broken(`${name} holds an element`);
  if (/(?<!\\)\]\((?!https?:|[#./a-z0-9_-])/i.test(outside))
    throw new Broken(`${name} leads elsewhere`);
}

/** Each command is for the shell, and grep takes its pattern: it finds nothing in nothing. */
export function checkGrep(commands: readonly string[]): void {
  if (commands.length === 0) return;
  const script = commands
    .map((command, index) => `${command} </dev/null >/dev/null; [ $? = 1 ] || echo "@@ ${index}"`)
    .join('\n');
  const { stdout, stderr } = spawnSync('bash', ['-c', 'set -f\n. /dev/stdin'], {
    input: script,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' },
    cwd: '/',
  });
  const [, index] = /@@ (\d+)/.exec(stdout) ?? [];
  if (index !== undefined)
    throw new Broken(`grep does not take ${commands[Number(index)]}: ${stderr.slice(0, 500)}`);
}
