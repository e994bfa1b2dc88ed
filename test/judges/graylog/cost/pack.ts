import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runSigpack } from '../../command.ts';
import { hasten } from '../built-pack.ts';
import { api, createToken, type GraylogServer } from '../server.ts';

/** What a pack has. */
interface Built {
  /** Its parts, counted, for a person. */
  readonly text: string;
  readonly definitions: number;
}

/** A content pack of Sigpack, built and installed by the command. */
export class CostPack {
  private readonly folder: string;
  private readonly token: string;

  private constructor(folder: string, token: string) {
    this.folder = folder;
    this.token = token;
  }

  static async create(folder: string, server: GraylogServer): Promise<CostPack> {
    return new CostPack(folder, await createToken(server));
  }

  /** Builds a pack with all rules switched on. */
  async build(
    version: string,
    mode: 'ingest' | 'search',
    paths: readonly string[],
  ): Promise<Built> {
    writeFileSync(
      join(this.folder, 'sigpack.yml'),
      `id: cost\ntitle: Cost pack\nversion: ${version}\nrevision: ${version.replaceAll('.', '')}\nfailOn: never\ntargets: [graylog]\npipelines: { graylog: graylog }\ndefaults: { enabled: true }\ngraylog: { mode: ${mode}, definitionsPerMinute: 100000 }\ninstalls:\n  judge: { kind: graylog, url: '${api}', secretEnv: JUDGE_TOKEN, timeout: 600 }\n`,
    );
    await this.run('build', ...paths, '-o', version);
    const path = this.packOf(version);
    // a run looks ten minutes back, once a minute
    if (mode === 'search') hasten(path, 60_000);
    const { entities } = JSON.parse(readFileSync(path, 'utf8')) as {
      readonly entities: readonly { readonly type: { readonly name: string } }[];
    };
    const count = (kind: string): number =>
      entities.filter(({ type }) => type.name === kind).length;
    const definitions = count('event_definition');
    const text =
      mode === 'search'
        ? `${definitions} definitions`
        : `${count('pipeline_rule')} texts in ${count('pipeline')} pipelines`;
    return { text, definitions };
  }

  install(version: string): Promise<void> {
    return this.run('install', this.packOf(version), '--to', 'judge', '--yes');
  }

  uninstall(): Promise<void> {
    return this.run('uninstall', '--to', 'judge', '--yes');
  }

  private packOf(version: string): string {
    return join(this.folder, version, `cost-${version}-graylog.json`);
  }

  private async run(...args: readonly string[]): Promise<void> {
    const { code, out } = await runSigpack(this.folder, { JUDGE_TOKEN: this.token }, ...args);
    if (code !== 0) throw new Error(`${args[0]}: exit code ${code}: ${out.slice(-2000)}`);
  }
}
