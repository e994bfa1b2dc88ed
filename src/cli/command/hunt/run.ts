import { graylog } from '../../../backend/graylog/target.ts';
import type { ConvertedEntry } from '../../../backend/target.ts';
import { convertedEntries, targetedRules } from '../../../convert/entries.ts';
import type { PackConfig } from '../../../pack/config/config.ts';
import { spanText } from '../../../pack/cron/overlap.ts';
import { createCountedWarnings } from '../../../pack/pipeline-report.ts';
import { counted } from '../../../source/plural.ts';
import { visible } from '../../../source/visible.ts';
import { CommandError } from '../../error/command-error.ts';
import type { ExitCode } from '../../error/exit-code.ts';
import { openProject, reportProject } from '../../project/project.ts';
import { printText } from '../../terminal/guarded.ts';
import { chosenRules } from './chosen-rules.ts';

export interface HuntOptions {
  /** Seconds. */
  readonly last: number;
  /** Address of the server's web interface, or of its API. */
  readonly server?: string;
  readonly format: 'text' | 'json';
  /** In place of those of the configuration. */
  readonly pipeline?: readonly string[];
  readonly config?: string;
  readonly verbose: boolean;
}

/**
 * `sigpack hunt`: the searches of rules in stored messages, whatever the mode of the content pack.
 * Rules at ingest only see messages that arrive after them.
 */
export async function hunt(what: readonly string[], options: HuntOptions): Promise<ExitCode> {
  const answer = { format: 'text', verbose: options.verbose, names: 'verbose' } as const;
  const { name } = graylog;
  const opened = await openProject(
    { config: options.config, pipeline: options.pipeline, targets: [name] },
    answer,
  );
  if (!opened.ok) return opened.error;
  const project = opened.value;
  const { bag, pipelines } = project;
  const { config } = project.loaded;
  const server = serverOf(config, options);
  const { collection, rules } = chosenRules(project, what);
  const single = rules.filter(({ kind }) => kind === 'detection');
  const context = { config, pipelines, bag };
  const warnings = createCountedWarnings(project.bag);
  const settings = { ...config.graylog, mode: 'search' } as const;
  const entries = convertedEntries(
    targetedRules(collection, context, new Map(), single),
    name,
    (compiled) => graylog.convert(compiled, settings),
    context,
    warnings,
  );
  warnings.report();
  const hunts = entries.map((entry) => huntOf(entry, options.last, server));
  project.terminal.clear();
  if (options.format === 'json') {
    const found = { version: 1, seconds: options.last, streams: config.graylog.streams, hunts };
    process.stdout.write(`${JSON.stringify(found, null, 1)}\n`);
  } else {
    printText(`${headOf(options.last, config)}\n`);
    for (const one of hunts) printHunt(one);
  }
  noteCorrelations(rules.length - single.length);
  return reportProject(project, answer);
}

interface Hunt {
  readonly id?: string;
  readonly title: string;
  readonly level?: string;
  readonly file: string;
  readonly queries: readonly string[];
  /** Of the server's search page, one for each query. */
  readonly links?: readonly string[];
}

function huntOf({ rule, converted }: ConvertedEntry, last: number, server?: string): Hunt {
  const { id, title, level, file } = rule;
  const { queries } = converted;
  return {
    ...(id === undefined ? {} : { id }),
    title,
    ...(level === undefined ? {} : { level }),
    file: file.path,
    queries,
    ...(server === undefined ? {} : { links: queries.map((query) => link(server, query, last)) }),
  };
}

/** `sigpack.yml` may name one server under `installs`. */
function serverOf({ installs }: PackConfig, { server }: HuntOptions): string | undefined {
  if (server !== undefined) {
    if (/^https?:$/.test(URL.parse(server)?.protocol ?? '')) return withoutApi(server);
    throw new CommandError(`--server is not an http address: ${server}`);
  }
  const known = [...installs.values()].flatMap((place) =>
    place.kind === 'graylog' ? [place.url] : [],
  );
  const [only] = known;
  return known.length === 1 && only !== undefined ? withoutApi(only) : undefined;
}

const withoutApi = (url: string): string => url.replace(/\/+$/, '').replace(/\/api$/, '');

const link = (server: string, query: string, last: number): string =>
  `${server}/search?rangetype=relative&relative=${last}&q=${encodeURIComponent(query)}`;

function headOf(last: number, { graylog: { streams } }: PackConfig): string {
  const where = streams.length === 0 ? '' : `, in the streams ${streams.join(', ')}`;
  return `Searches of the last ${spanText(last)}${where}:`;
}

function printHunt({ id, title, level, queries, links = [] }: Hunt): void {
  const facts = [level, id].filter((fact) => fact !== undefined).join(', ');
  printText(`\n${title}${facts === '' ? '' : ` (${facts})`}\n`);
  // not broken, so that they can be copied
  for (const line of [...queries, ...links]) process.stdout.write(`  ${visible(line)}\n`);
}

function noteCorrelations(count: number): void {
  if (count > 0)
    process.stderr.write(
      `sigpack: ${counted(count, 'correlation is', 'correlations are')} left out: a search finds ` +
        'single messages\n',
    );
}
