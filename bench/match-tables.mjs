// Events a second of the matcher: single rules, all rules with and without their index, and whole
// commands beside rsigma with its options.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readSourceFile } from '../dist/modules/cli/files/rule-files.js';
import { packageRoot } from '../dist/modules/cli/process/package-root.js';
import { loadPipelines } from '../dist/modules/cli/project/pipeline-files.js';
import { createRuleIndex } from '../dist/modules/match/index/rule-index.js';
import { matcherOf } from '../dist/modules/match/matcher.js';
import { createTargetCompiler } from '../dist/modules/pipeline/run/target-compiler.js';
import { collect } from '../dist/modules/sigma/collection/collection.js';
import { readDocuments } from '../dist/modules/sigma/collection/document.js';
import { createBag } from '../dist/modules/source/diagnostic.js';
import { measure } from './measure.mjs';
import { eventFolder, rsigma, ruleFolders, sigpack, temporaryFolder } from './places.mjs';
import { findRuleFiles } from './rule-files.mjs';
import { recordedEvents } from './windows-events.mjs';

/** Detections of the corpus: as written, and for events of Sysmon and of the event log. */
function corpus() {
  const bag = createBag();
  const documents = findRuleFiles(ruleFolders, bag).flatMap(
    (path) => readDocuments(readSourceFile(path, bag), bag).documents,
  );
  const collection = collect(documents, bag);
  const pipelines = new Map([['splunk', loadPipelines(['windows-sysmon'], packageRoot(), bag)]]);
  const { compile } = createTargetCompiler({ collection, placeholders: new Map(), bag, pipelines });
  return collection.rules.flatMap((rule, number) => {
    const made = compile(rule);
    const processed = made?.forTarget('splunk').value?.compiled;
    return made?.written.kind === 'detection' && processed
      ? [{ id: String(number), ruleId: rule.id, written: made.written.query, processed }]
      : [];
  });
}

/** Events with the id of the rule that each was made for. */
const loadEvents = () =>
  recordedEvents().map(({ path, event }) => {
    const info = readFileSync(join(eventFolder, dirname(path), 'info.yml'), 'utf8');
    return { ruleId: /^\s*-\s*id:\s*(\S+)/m.exec(info)?.[1], event };
  });

const seconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

/** Events a second of one core: `turn` is run until it has taken so long. */
function rate(turn, events, least) {
  turn();
  const start = seconds();
  let turns = 0;
  let taken = 0;
  do {
    turn();
    turns++;
    taken = seconds() - start;
  } while (taken < least);
  return (turns * events) / taken;
}

const whole = (number) => Math.round(number).toLocaleString('en');

/** Of each rule, over all events or over its own. */
function singleRules(rules, events, own) {
  let matched = 0;
  const rates = rules.flatMap(({ ruleId, query }) => {
    const made = matcherOf(query);
    const asked = own ? events.filter((one) => one.ruleId === ruleId) : events;
    if (!made.ok || asked.length === 0) return [];
    const times = Math.ceil((own ? 3000 : 1000) / asked.length);
    const turn = () => {
      for (let i = 0; i < times; i++)
        for (const { event } of asked) if (made.value(event)) matched++;
    };
    turn();
    const start = process.hrtime.bigint();
    turn();
    return [(times * asked.length) / (Number(process.hrtime.bigint() - start) / 1e9)];
  });
  const sorted = rates.sort((a, b) => a - b);
  const at = (share) => whole(sorted[Math.floor(share * (sorted.length - 1))]);
  const share = sorted.filter((one) => one >= 200_000).length / sorted.length;
  return {
    rules: sorted.length,
    median: at(0.5),
    '5th percentile': at(0.05),
    slowest: at(0),
    'at least 200,000/s': `${(share * 100).toFixed(1)} %`,
    matched,
  };
}

const spread = (list, count) =>
  Array.from({ length: count }, (_, index) => list[Math.floor((index * list.length) / count)]);

function manyRules(rules, events) {
  const started = seconds();
  const index = createRuleIndex(rules);
  const made = seconds() - started;
  const indexed = rate(
    () => {
      for (const { event } of events) index.matchesOf(event);
    },
    events.length,
    1,
  );
  const matchers = rules.map(({ query }) => matcherOf(query)).filter(({ ok }) => ok);
  const some = events.filter((_, number) => number % 4 === 0);
  const plain = rate(
    () => {
      for (const { event } of some) for (const { value: matches } of matchers) matches(event);
    },
    some.length,
    1,
  );
  return {
    rules: rules.length,
    'asked always': index.always,
    'index made in': `${made.toFixed(2)} s`,
    'events/s with it': whole(indexed),
    'one by one': whole(plain),
    times: (indexed / plain).toFixed(1),
  };
}

/**
 * Whole commands: the difference between many events and few leaves out start and rules. All read
 * JSON lines and write a line a match.
 */
function commands(events) {
  const folder = temporaryFolder();
  const corpus = join(folder, 'rules');
  mkdirSync(corpus);
  for (const path of ruleFolders) cpSync(path, join(corpus, basename(path)), { recursive: true });
  const lines = events.map(({ event }) => `${JSON.stringify(event)}\n`).join('');
  const turns = [1, 101];
  const files = turns.map((count) => {
    const file = join(folder, `${count}.ndjson`);
    writeFileSync(file, lines.repeat(count));
    return file;
  });
  const rows = {
    'sigpack match': (file) => [...sigpack, 'match', corpus, '--events', file, '-f', 'ndjson'],
  };
  if (rsigma) {
    const theirs =
      (...more) =>
      (file) => [
        rsigma,
        'engine',
        'eval',
        '-r',
        corpus,
        '-e',
        `@${file}`,
        '--include-event',
        ...more,
      ];
    Object.assign(rows, {
      rsigma: theirs(),
      'rsigma --cross-rule-ac': theirs('--cross-rule-ac'),
      'rsigma --bloom-prefilter': theirs('--bloom-prefilter'),
    });
  }
  const measured = Object.entries(rows).map(([name, command]) => {
    const [few, many] = files.map((file) =>
      Math.min(...[1, 2].map(() => measure(command(file)).cpu)),
    );
    const more = (turns[1] - turns[0]) * events.length;
    return [
      name,
      { 'start and rules': `${few.toFixed(2)} s`, 'events/s': whole(more / (many - few)) },
    ];
  });
  console.log(
    `commands with all rules over ${whole(turns[1] * events.length)} events, of one core`,
  );
  console.table(Object.fromEntries(measured));
}

export function printTables() {
  const rules = corpus();
  const events = loadEvents();
  const asWritten = rules.map(({ id, ruleId, written }) => ({ id, ruleId, query: written }));
  const processed = rules.map(({ id, ruleId, processed }) => ({
    id,
    ruleId,
    query: processed.query,
  }));
  console.log(
    `single rules of the corpus, events a second of one core (${events.length} events of the corpus)`,
  );
  console.table({
    'as written, all events': singleRules(asWritten, events, false),
    'as written, its own events': singleRules(asWritten, events, true),
    'for Sysmon, all events': singleRules(processed, events, false),
    'for Sysmon, its own events': singleRules(processed, events, true),
  });
  for (const [name, list] of [
    ['as written', asWritten],
    ['for Sysmon and the event log', processed],
  ]) {
    console.log(`many rules ${name}, events a second of one core`);
    console.table(
      [500, 1000, 2000, list.length].map((count) => manyRules(spread(list, count), events)),
    );
  }
  commands(events);
}
