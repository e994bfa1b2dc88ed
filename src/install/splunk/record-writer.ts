import { valueText } from '../../source/record.ts';
import type { SplunkClient } from './client.ts';

/** Settings of a stanza. */
type Settings = ReadonlyMap<string, string>;

/** Stanzas of `sigpack.conf` of an app on the server: what was installed there. */
export interface RecordWriter {
  readonly records: () => Promise<ReadonlyMap<string, Settings>>;
  readonly writeRecord: (
    stanza: 'installed' | 'previous' | 'pending' | 'adopted',
    record: Settings,
  ) => Promise<void>;
  /**
   * The record of an install that is done; what was installed before is what a rollback returns to.
   */
  readonly remember: (how: 'install' | 'rollback' | 'again', record: Settings) => Promise<void>;
  readonly removeRecords: () => Promise<void>;
  /** What was taken over is someone else's again; what it was stays known. */
  readonly release: () => Promise<void>;
}

export function createRecordWriter(client: SplunkClient, appId: string): RecordWriter {
  const base = `/servicesNS/nobody/${appId}`;
  const conf = `${base}/configs/conf-sigpack`;
  const records = async (): Promise<ReadonlyMap<string, Settings>> => {
    const entries = await client.list(conf);
    const texts = entries
      .filter(({ app }) => app === appId)
      .map(({ name, content }): [string, Settings] => [
        name,
        new Map(Object.entries(content).map(([key, value]) => [key, valueText(value)])),
      ]);
    return new Map(texts);
  };
  const writeRecord = async (stanza: string, record: Settings): Promise<void> => {
    const { status } = await client.post(`${conf}/${stanza}`, record, {
      expect: [404],
      repeatable: true,
    });
    if (status !== 404) return;
    // a file of this name is not there before its first stanza
    await client.post(`${base}/properties`, [['__conf', 'sigpack']], {
      expect: [409],
      repeatable: true,
    });
    const created = await client.post(conf, [['name', stanza], ...record], {
      expect: [409],
      repeatable: true,
    });
    if (created.status === 409)
      await client.post(`${conf}/${stanza}`, record, { repeatable: true });
  };
  const removeRecords = async (stanzas: readonly string[]): Promise<void> => {
    for (const stanza of stanzas) await client.remove(`${conf}/${stanza}`);
  };
  return {
    records,
    writeRecord,
    async remember(how, record) {
      if (how === 'install') {
        const before = (await records()).get('installed');
        if (before) await writeRecord('previous', onlyOurs(before));
      }
      await writeRecord('installed', record);
      await removeRecords(how === 'rollback' ? ['previous', 'pending'] : ['pending']);
    },
    removeRecords: () => removeRecords(['pending', 'previous', 'adopted', 'installed']),
    release: () => removeRecords(['pending', 'previous', 'installed']),
  };
}

const onlyOurs = (record: Settings): Settings =>
  new Map([...record].filter(([name]) => ['version', 'digest', 'app'].includes(name)));
