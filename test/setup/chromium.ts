import { executablePath } from '../site/chromium.ts';
import { missing } from './missing.ts';

export function setup(project: { readonly name: string }): void {
  if (executablePath === undefined)
    missing(
      project,
      'no Chromium; run bash test/site/chromium.sh, or set SIGPACK_CHROMIUM to a browser',
    );
}
