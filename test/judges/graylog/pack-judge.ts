import { inParallel } from '../../../src/install/server/in-parallel.ts';
import { listed } from './schedule.ts';
import type { GraylogServer, Json } from './server.ts';

export interface Problem {
  readonly stage: string;
  /** The title of an event definition, or the part of the pack. */
  readonly where: string;
  readonly what: unknown;
}

interface Pack {
  readonly id: string;
  readonly rev: number;
  readonly parameters?: readonly {
    readonly name: string;
    readonly type: string;
    readonly default_value?: unknown;
  }[];
  readonly entities: readonly {
    readonly id: string;
    readonly data: { readonly is_scheduled?: { readonly '@value': boolean } };
  }[];
}

interface Installed {
  readonly _id: string;
  readonly entities: readonly {
    readonly id: string;
    readonly content_pack_entity_id: string;
    readonly title: string;
    readonly type: { readonly name: string };
  }[];
}

interface Definition extends Json {
  readonly id: string;
  readonly title: string;
  readonly state: string;
  readonly config: {
    readonly type: string;
    readonly query: string;
    readonly streams: readonly string[];
  };
}

/** Requests under way at once. */
const width = 3;
/** Queries that one search holds: the server answers for each by itself. */
const queriesAtOnce = 25;
/** Of no definition: with it, one is validated as new. */
const unusedId = '0000000000000000000000ff';

/** What a real server does with a content pack, and everything that it does not agree with. */
export class PackJudge {
  readonly problems: Problem[] = [];
  /** Event definitions of the pack, as they were read back. */
  definitions: readonly Definition[] = [];
  /** Queries that the server has run. */
  queries = 0;
  private readonly server: GraylogServer;
  private readonly text: string;
  private readonly pack: Pack;
  private installation: string | undefined;
  /** The server runs the definitions that the pack enables. */
  private isScheduled = true;

  /** `text`: the content pack. */
  constructor(server: GraylogServer, text: string) {
    this.server = server;
    this.text = text;
    this.pack = JSON.parse(text) as Pack;
  }

  /** Uploads the pack, installs it and reads its event definitions back; whether it is there. */
  async install(): Promise<boolean> {
    const { call } = this.server;
    const { version } = await call('GET', '');
    if (!String(version).startsWith(this.server.version))
      this.bad('start', 'server', `it says it is ${version}`);
    const uploaded = await this.asked('upload', 'pack', () =>
      call('POST', '/system/content_packs', this.text),
    );
    if (!uploaded) return false;
    const installed = await this.installed();
    if (!installed) {
      await this.delete();
      return false;
    }
    this.installation = installed._id;
    this.definitions = await this.readBack(installed);
    if (this.definitions.length === 0)
      this.bad('install', 'pack', 'no event definition was read back');
    return true;
  }

  /** The server runs none of them any more. */
  async unschedule(): Promise<void> {
    this.isScheduled = false;
    await this.ofEnabled('bulk_unschedule');
  }

  /** The server runs what the pack enables, at once. */
  async schedule(): Promise<void> {
    this.isScheduled = true;
    await this.ofEnabled('bulk_schedule');
  }

  /** Throws where the server has not agreed with everything. */
  throwProblems(): void {
    if (this.problems.length > 0)
      throw new Error(
        `graylog ${this.server.version}: ${JSON.stringify(this.problems).slice(0, 2000)}`,
      );
  }

  private async ofEnabled(action: string): Promise<void> {
    const ids = this.definitions.filter(({ state }) => state === 'ENABLED').map(({ id }) => id);
    const answer = await this.asked(action, 'pack', () =>
      this.server.call('POST', `/events/definitions/${action}`, { entity_ids: ids }),
    );
    if (answer && Number(answer.successfully_performed) !== ids.length)
      this.bad(action, 'pack', answer);
  }

  /** The server validates each definition as a new one and as a saved one, and its query. */
  validate(): Promise<void> {
    return inParallel(this.definitions, width, (definition) => this.validated(definition));
  }

  /** Runs the query of each once as a search for messages, without the scheduler. */
  runQueries(): Promise<void> {
    const { definitions } = this;
    const searches = Array.from(
      { length: Math.ceil(definitions.length / queriesAtOnce) },
      (_, at) => definitions.slice(at * queriesAtOnce, (at + 1) * queriesAtOnce),
    );
    return inParallel(searches, width, (some) => this.run(some));
  }

  /** Uninstalls the pack, which leaves no definition of it, and deletes it. */
  async uninstall(): Promise<void> {
    const path = `${pathOf(this.pack)}/installations/${this.installation}`;
    await this.asked('uninstall', 'pack', () => this.server.call('DELETE', path));
    const { byId } = await listed(this.server);
    const left = this.definitions.filter(({ id }) => byId.has(id)).map(({ title }) => title);
    if (left.length > 0) this.bad('uninstall', 'pack', { 'left behind': left });
    await this.delete();
  }

  private async installed(): Promise<Installed | undefined> {
    const { pack } = this;
    const { call, creation } = this.server;
    const parameters = Object.fromEntries(
      (pack.parameters ?? []).map(({ name, type, default_value: value }) => [
        name,
        { '@type': type, '@value': value ?? null },
      ]),
    );
    const path = `${pathOf(pack)}/${pack.rev}/installations`;
    const installed = (await this.asked('install', 'pack', () =>
      call('POST', path, creation({ parameters, comment: 'judge' })),
    )) as Installed | undefined;
    const there = new Set(installed?.entities.map((entity) => entity.content_pack_entity_id));
    if (installed)
      for (const { id } of pack.entities)
        if (!there.has(id)) this.bad('install', id, 'entity is missing from the installation');
    return installed;
  }

  private async readBack(installed: Installed): Promise<readonly Definition[]> {
    const { byId, nextRuns } = await listed(this.server);
    const wanted = new Map(this.pack.entities.map(({ id, data }) => [id, data.is_scheduled]));
    const own = installed.entities.filter(({ type }) => type.name === 'event_definition');
    return own.flatMap(({ id, title, content_pack_entity_id: entity }) => {
      const definition = byId.get(id) as Definition | undefined;
      if (!definition) {
        this.bad('read back', title, 'it is not there');
        return [];
      }
      const enabled = wanted.get(entity)?.['@value'] === true;
      if ((definition.state === 'ENABLED') !== enabled || nextRuns.has(id) !== enabled)
        this.bad('read back', title, `enabled: ${enabled} in the pack, not so on the server`);
      return [definition];
    });
  }

  private async validated({ scheduler: _, ...definition }: Definition): Promise<void> {
    const { call } = this.server;
    const { id, title, state, config } = definition as Definition;
    // an unused id: validated as a new definition
    const valid = await this.asked('validate definition', title, () =>
      call('POST', '/events/definitions/validate', { ...definition, id: unusedId }),
    );
    if (valid?.failed === true) this.bad('validate definition', title, valid);
    const schedule = this.isScheduled && state === 'ENABLED';
    // a save without changes runs the whole validation
    await this.asked('save definition', title, () =>
      call('PUT', `/events/definitions/${id}?schedule=${schedule}`, definition),
    );
    if (config.type !== 'aggregation-v1') return;
    const timerange = { type: 'relative', range: 300 };
    const { query, streams } = config;
    const answer = (await this.asked('validate query', title, () =>
      call('POST', '/search/validate', { query, timerange, streams, parameters: [] }),
    )) as QueryValidation | undefined;
    if (answer) this.checkQuery(title, answer);
  }

  private checkQuery(title: string, { status, explanations = [] }: QueryValidation): void {
    if (status === 'ERROR') this.bad('validate query', title, explanations);
    else if (status !== 'OK') {
      const warnings = explanations.map((one) => one.error_title ?? one.error_message);
      // the judge keeps no field types, so it warns of each field that it does not know
      const other = warnings.filter((warning) => warning !== 'Unknown field');
      if (other.length > 0 || warnings.length === 0) this.bad('warning', title, other);
    }
  }

  private async run(definitions: readonly Definition[]): Promise<void> {
    const asked = definitions.filter(({ config }) => config.type === 'aggregation-v1');
    if (asked.length === 0) return;
    const queries = asked.map(({ id, config: { query, streams } }) => ({
      id,
      timerange: { type: 'relative', range: 3600 },
      query: { type: 'elasticsearch', query_string: query },
      filter:
        streams.length > 0
          ? { type: 'or', filters: streams.map((stream) => ({ type: 'stream', id: stream })) }
          : null,
      search_types: [searchType],
    }));
    const titles = asked.map(({ title }) => title).join(', ');
    const answer = (await this.asked('run query', titles, () =>
      this.server.call('POST', '/views/search/sync?timeout=60000', { queries }),
    )) as SearchAnswer | undefined;
    if (!answer) return;
    let blamed = false;
    for (const { id, title } of asked) {
      const { errors = [], search_types: found } = answer.results[id] ?? {};
      const total = found?.[searchType.id]?.total_results;
      if (errors.length === 0 && typeof total === 'number') this.queries++;
      else {
        blamed = true;
        const reasons = errors.map(({ description }) => description);
        this.bad('run query', title, reasons.length > 0 ? reasons : 'no result');
      }
    }
    if (answer.execution?.completed_exceptionally && !blamed)
      this.bad('run query', titles, 'ended with an error');
  }

  private async delete(): Promise<void> {
    const path = `${pathOf(this.pack)}/${this.pack.rev}`;
    await this.asked('delete', 'pack', () => this.server.call('DELETE', path));
  }

  private bad(stage: string, where: string, what: unknown): void {
    this.problems.push({ stage, where, what });
  }

  /** The answer; a refusal of the server is a problem. */
  private async asked(
    stage: string,
    where: string,
    ask: () => Promise<Json>,
  ): Promise<Json | undefined> {
    try {
      return await ask();
    } catch (error) {
      this.bad(stage, where, String(error));
      return undefined;
    }
  }
}

const pathOf = ({ id }: Pack): string => `/system/content_packs/${encodeURIComponent(id)}`;

interface QueryValidation {
  readonly status?: string;
  readonly explanations?: readonly {
    readonly error_title?: string;
    readonly error_message?: string;
  }[];
}

interface SearchAnswer {
  readonly execution?: { readonly completed_exceptionally?: boolean };
  readonly results: Readonly<
    Record<
      string,
      {
        readonly errors?: readonly { readonly description?: string }[];
        readonly search_types?: Readonly<Record<string, { readonly total_results?: unknown }>>;
      }
    >
  >;
}

const searchType = {
  id: 'm',
  type: 'messages',
  limit: 50,
  offset: 0,
  sort: [],
  decorators: [],
  streams: [],
} as const;
