import type { SplunkPlace } from '../../pack/config/install-config.ts';

/**
 * What a deployment server or a deployer does to an app on its way to the clients or members, and
 * the lines that an admin writes for it.
 */
export function deploymentNotes(place: SplunkPlace, appId: string): readonly string[] {
  if (place === 'apps') return [];
  return place === 'deployment-apps' ? clientNotes(appId) : memberNotes(appId);
}

const clientNotes = (appId: string): readonly string[] => [
  'On a client, the deployment server replaces the whole app: local/ and what an admin set ' +
    'in it there are deleted.',
  'To keep it, write in serverclass.conf of the deployment server, before the clients get the app:',
  `  [serverClass:<name>:app:${appId}]`,
  '  excludeFromUpdate = $app_root$/local',
];

const memberNotes = (appId: string): readonly string[] => [
  'On a member, local/ stays, and its settings win. local/ of the deployer becomes a part of ' +
    'default/ there, and lookups',
  'that a member has are not replaced, those of a new version neither. To keep local/ apart ' +
    'and to update lookups, write in',
  `etc/shcluster/apps/${appId}/local/app.conf of the deployer:`,
  '  [shclustering]',
  '  deployer_push_mode = full',
  '  deployer_lookups_push_mode = always_overwrite',
];

/** Changes that the place does not show; undefined: it shows all. */
export const unseenFrom = (place: SplunkPlace): string | undefined =>
  place === 'apps'
    ? undefined
    : place === 'shcluster'
      ? 'what is changed on the members'
      : 'what is changed on the clients';
