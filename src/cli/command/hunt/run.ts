import { graylog } from '../../../backend/graylog/target.ts';
import type { PackConfig } from '../../../pack/config/config.ts';
import { urlPart } from '../../../source/char-escape.ts';
import { CommandError } from '../../error/command-error.ts';
import type { ExitCode } from '../../error/exit-code.ts';
import { openProject, reportProject } from '../../project/project.ts';
import { noteSigmaNames } from '../../project/unchosen.ts';
import { printText } from '../../terminal/guarded.ts';
import { chosenRules } from './chosen-rules.ts';
import { huntsOf } from './hunts.ts';
import { packStreams } from './pack-facts.ts';
import { headOf, noteLeftOut, printHunt } from './text.ts';

export interface HuntOptions {
  readonly last: Span;
  /** Address of the server's web interface, or of its API. */
  readonly server?: string;
  readonly format: 'text' | 'json';
  /** In place of those of the configuration. */
  readonly pipeline?: readonly string[];
  readonly config?: string;
  readonly verbose: boolean;
}

/** A span of time and how it was written. */
export interface Span {
  readonly seconds: number;
  readonly text: string;
}

/**
 * `sigpack hunt`: the searches of rules in stored messages, whatever the mode of the content pack.
 * Rules at ingest only see messages that arrive after them.
 */
export async function hunt(what: readonly string[], options: HuntOptions): Promise<ExitCode> {
  const answer = { format: 'text', verbose: options.verbose, names: 'verbose' } as const;
  const opened = await openProject(
    { config: options.config, pipeline: options.pipeline, targets: [graylog.name] },
    answer,
  );
  if (!opened.ok) return opened.error;
  const project = opened.value;
  const { config } = project.loaded;
  const { seconds, text } = options.last;
  const server = serverOf(config, options);
  const linkOf =
    server === undefined ? undefined : (query: string): string => link(server, query, seconds);
  const { collection, rules, serving } = chosenRules(project, what);
  const single = rules.filter(({ kind }) => kind === 'detection');
  const hunts = huntsOf(collection, single, { ...project, config }, linkOf);
  const streams = packStreams(config, collection);
  project.terminal.clear();
  if (options.format === 'json') {
    const found = { version: 1, seconds, streams, hunts };
    process.stdout.write(`${JSON.stringify(found, null, 1)}\n`);
  } else {
    const narrowed = streams.length > 0 || hunts.some((one) => one.streams !== undefined);
    printText(headOf(text, streams, { linked: server !== undefined, narrowed }));
    for (const one of hunts) printHunt(one);
  }
  if (!project.pipelines.has(graylog.name)) noteSigmaNames([graylog.name]);
  noteLeftOut(rules.length - single.length, serving);
  return reportProject(project, answer);
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
  `${server}/search?rangetype=relative&relative=${last}&q=${urlPart(query)}`;
