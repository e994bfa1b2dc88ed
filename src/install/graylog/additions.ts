import type { JsonObject } from '../plan.ts';
import type { ContentPack, PackEntity } from './content-pack-model.ts';
import { isText } from './pipelines/wanted-texts.ts';

/** What a server takes of a content pack; its own answer has more. */
const packKeys = [
  'v',
  'id',
  'rev',
  'name',
  'summary',
  'description',
  'vendor',
  'url',
  'parameters',
  'entities',
] as const;

/**
 * The pack of some of the entities, or of all: installing it makes these alone, and keeps which
 * entity became what. Its definitions name no notification, which would be made once more with
 * them. Pipelines and their rules are made by the REST interface.
 */
export function additionsOf(
  pack: ContentPack,
  additionId: string,
  ids?: ReadonlySet<string>,
): ContentPack {
  const written = pack as ContentPack & JsonObject;
  const { entities, parameters } = pack;
  const some =
    ids === undefined
      ? entities
      : entities.flatMap((one) => {
          if (one.type.name === 'stream' && !ids.has(one.id)) return [titleOfStream(one)];
          return !isText(one.type.name) && (one.type.name === 'stream_title' || ids.has(one.id))
            ? [one]
            : [];
        });
  return {
    ...(Object.fromEntries(packKeys.map((key) => [key, written[key]])) as unknown as ContentPack),
    id: additionId,
    name: `${pack.name}: additions`,
    parameters,
    entities:
      ids === undefined
        ? some
        : some.map((entity) =>
            entity.type.name === 'event_definition' ? withoutNotifications(entity) : entity,
          ),
  };
}

/** A reference to a stream in the place of one that is there already. */
const titleOfStream = (entity: PackEntity): PackEntity => ({
  ...entity,
  type: { ...entity.type, name: 'stream_title' },
  data: { title: entity.data.title },
});

const withoutNotifications = (entity: PackEntity): PackEntity => ({
  ...entity,
  data: { ...entity.data, notifications: [] },
});
