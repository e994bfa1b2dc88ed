import { splunkAppPaths } from '../../../artifact/splunk/app.ts';
import type { SplunkPlace } from '../../../pack/config/install-config.ts';
import type { IsWritten } from './tree.ts';

/** Folders of the state, each of which holds an app or a part of one. */
const appFolder = new RegExp(
  [
    /^(?:new|record(?:\.part)?|installed|previous)$/,
    /^(?:old|adopted|removed)(?:-\d+)?$/,
    /^left-[0-9a-f-]{36}$/,
  ]
    .map(({ source }) => source)
    .join('|'),
);
const lock = /^lock(?:-[0-9a-f-]{36})?$/;
const mark = /^local\.(?:adopt|rollback|release)$/;

/**
 * What an install writes in an app's folder, by paths below it: what the app brings, and settings
 * that were kept in local/.
 */
export function isWrittenInApp(appId: string): IsWritten {
  const files = splunkAppPaths(appId);
  const kept = files
    .filter((path) => /^default\/[^/]+\.conf$/.test(path))
    .map((path) => path.replace('default/', 'local/'));
  const known = new Set(
    [...files, ...kept].flatMap((path) =>
      path.split('/').map((_, index, parts) => parts.slice(0, index + 1).join('/')),
    ),
  );
  return (path) => known.has(path);
}

/** What Sigpack writes of an app under `etc/.sigpack`. */
export function isWrittenInState(place: SplunkPlace, appId: string): IsWritten {
  const inApp = isWrittenInApp(appId);
  return (path) => {
    const [first, second, third = '', ...rest] = path.split('/');
    if (first !== place || (second !== undefined && second !== appId)) return false;
    if (third === '') return true;
    if (rest.length === 0) return appFolder.test(third) || lock.test(third);
    return (
      appFolder.test(third) &&
      (inApp(rest.join('/')) || (rest.length === 1 && mark.test(rest[0] ?? '')))
    );
  };
}
