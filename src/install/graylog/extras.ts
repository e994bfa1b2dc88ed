import { digestOf } from '../../release/meaning/digest.ts';
import { isRecord, valueText } from '../../source/record.ts';
import { type Fields, flatFields, type InstallObject, type JsonObject } from '../plan.ts';
import type { ContentPack, PackEntity } from './content-pack-model.ts';

/** What a pack has besides event definitions: a notification and a dashboard. */
export type ExtraKind = 'notification' | 'dashboard';

export const isExtra = (type: string): type is ExtraKind =>
  type === 'notification' || type === 'dashboard';

export interface WantedExtra {
  readonly kind: ExtraKind;
  readonly entity: PackEntity;
  /** With parameters put in; the streams of a dashboard by title. */
  readonly body: JsonObject;
  readonly object: InstallObject;
}

/**
 * Names of the parameters that hold an address, which may have a token in it: they are neither
 * shown nor kept in the pack on the server.
 */
export const secretParameters = (pack: ContentPack): ReadonlySet<string> =>
  new Set(
    notificationConfigs(pack).flatMap((config) =>
      Object.entries(config).flatMap(([key, value]) =>
        isAddress(key) && isRecord(value) && value['@type'] === 'parameter'
          ? [valueText(value['@value'])]
          : [],
      ),
    ),
  );

/** An address that came with the pack would send alerts to its author; it is not shown. */
export function addressError(pack: ContentPack): string | undefined {
  const secret = secretParameters(pack);
  const given = pack.parameters.find(
    ({ name, default_value: value }) => secret.has(name) && value !== undefined && value !== '',
  );
  return (
    given &&
    `the content pack has a value for ${JSON.stringify(given.name)}, an address that alerts ` +
      'are sent to: no build of Sigpack writes one'
  );
}

/** Who gets the mails of a pack: Graylog has no parameters for them, so they come with it. */
export const mailRecipients = (pack: ContentPack): readonly string[] =>
  notificationConfigs(pack).flatMap((config) =>
    [config.email_recipients, config.user_recipients].flatMap((list) =>
      Array.isArray(list) ? list.map(valueText) : [],
    ),
  );

const notificationConfigs = ({ entities }: ContentPack): readonly JsonObject[] =>
  entities.flatMap(({ type, data }) =>
    type.name === 'notification' && isRecord(data.config) ? [data.config] : [],
  );

const isAddress = (key: string): boolean => key === 'url' || key === 'webhook_url';

/** The pack without the values of those parameters. */
export function withoutSecretValues(pack: ContentPack): ContentPack {
  const secret = secretParameters(pack);
  return {
    ...pack,
    parameters: pack.parameters.map((one) =>
      secret.has(one.name) ? { ...one, default_value: '' } : one,
    ),
  };
}

export const wantedExtra = (
  kind: ExtraKind,
  entity: PackEntity,
  body: JsonObject,
): WantedExtra => ({
  kind,
  entity,
  body,
  object:
    kind === 'notification'
      ? notificationObject(entity.id, body)
      : dashboardObject(entity.id, body, digestOf(comparableDashboard(body))),
});

/** A notification as a pack wants it or as a server has it. */
export const notificationObject = (entityId: string, body: JsonObject): InstallObject => ({
  key: entityId,
  name: `notification ${JSON.stringify(valueText(body.title))}`,
  fields: notificationFields(body),
});

function notificationFields({ title, description, config }: JsonObject): Fields {
  const given = isRecord(config) ? config : {};
  const shown = Object.entries(given).flatMap(([key, value]): [string, unknown][] => {
    // what is not known is not compared
    if (isAddress(key))
      return value === '' || value === undefined
        ? []
        : [[key, `an address (${digestOf(value).slice(0, 12)})`]];
    return [[key, Array.isArray(value) ? value.map(valueText).sort() : value]];
  });
  return flatFields({ title, description, config: Object.fromEntries(shown) });
}

const dashboardObject = (
  entityId: string,
  { title }: JsonObject,
  content: string,
): InstallObject => ({
  key: entityId,
  name: `dashboard ${JSON.stringify(valueText(title))}`,
  fields: new Map([['content', content]]),
});

/**
 * A dashboard as the server has it. A server adds keys to each widget, so a dashboard counts as a
 * version that Sigpack wrote where it has all that this version has, and not more widgets and
 * entries. Otherwise someone changed it.
 */
export function serverDashboard(
  entityId: string,
  body: JsonObject,
  written: readonly WantedExtra[],
): InstallObject {
  const there = comparableDashboard(body);
  const same = written.find(
    (one) => one.entity.id === entityId && says(there, comparableDashboard(one.body)),
  );
  return same
    ? { ...dashboardObject(entityId, body, ''), fields: same.object.fields }
    : dashboardObject(entityId, body, digestOf(there));
}

/** The searches are left out: the web interface makes them anew from the widgets. */
function comparableDashboard({ title, summary, description, state }: JsonObject): unknown {
  const states = Object.values(isRecord(state) ? state : {}).map((one) => {
    const { widgets, titles, positions }: JsonObject = isRecord(one) ? one : {};
    const list: readonly unknown[] = Array.isArray(widgets) ? widgets : [];
    return {
      titles,
      positions,
      widgets: Object.fromEntries(
        list.map((widget) => [isRecord(widget) ? valueText(widget.id) : '', widget]),
      ),
    };
  });
  return { title, summary, description, states };
}

/**
 * Whether the first has all that the second has; lists are as long, and so is what is named by a
 * person: the maps of widgets, titles and places.
 */
function says(there: unknown, wanted: unknown, key = ''): boolean {
  if (Array.isArray(wanted))
    return (
      Array.isArray(there) &&
      there.length === wanted.length &&
      wanted.every((one, index) => says(there[index], one))
    );
  if (!isRecord(wanted)) return there === wanted;
  if (!isRecord(there)) return false;
  if (wholeMaps.has(key) && Object.keys(there).length !== Object.keys(wanted).length) return false;
  return Object.entries(wanted).every(([name, one]) =>
    says(Object.hasOwn(there, name) ? there[name] : undefined, one, name),
  );
}

const wholeMaps: ReadonlySet<string> = new Set(['widgets', 'positions', 'widget']);
