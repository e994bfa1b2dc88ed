export type Settings = Map<string, string>;
export type Conf = Map<string, Settings>;

export interface FakeApp {
  /** What the app as a file brought. */
  shipped: Map<string, Conf>;
  /** What was written by REST: it wins. */
  readonly local: Map<string, Conf>;
  readonly lookups: Map<string, string>;
  about: Settings;
  acl: Settings;
}

export const merged = (app: FakeApp, file: string): ReadonlyMap<string, Settings> => {
  const stanzas = new Map<string, Settings>();
  for (const conf of [app.shipped.get(file), app.local.get(file)])
    for (const [stanza, settings] of conf ?? [])
      stanzas.set(stanza, new Map([...(stanzas.get(stanza) ?? []), ...settings]));
  return stanzas;
};
