import { isDeeperThan, jsonOf, maximumDepth } from '../../source/json.ts';
import { isRecord } from '../../source/record.ts';

/** Sigpack writes no longer ones. */
const longestView = 1024 * 1024;

/**
 * An attribute of that name, and not a text between tags. A name is read whole, or long ones would
 * be read again from each of their ends.
 */
const scriptAttribute =
  /<[\w:.-]+(?![\w:.-])(?:[^<>"']|"[^"]*"|'[^']*')*?\s(?:script|stylesheet|template)\s*=/i;

/**
 * Why a view or the navigation runs what no build of Sigpack has it run; undefined: it does not.
 */
export function viewError(path: string, xml: string): string | undefined {
  if (xml.length > longestView) return `it has more than ${longestView} characters`;
  const root = path.includes('/nav/') ? /^<nav[\s>]/ : /^<(?:form|dashboard)[\s>]/;
  if (!root.test(xml.replace(/^\ufeff?\s*(?:<\?xml[^<>]*\?>)?(?:\s*<!--[^<>]*-->)*\s*/, '')))
    return 'it is not a dashboard or navigation';
  if (xml.includes('<!DOCTYPE') || xml.includes('<!ENTITY')) return 'it declares entities';
  if (/<script/i.test(xml) || scriptAttribute.test(xml)) return 'it runs a script';
  return /(?:javascript|vbscript|data):/i.test(decoded(xml))
    ? 'it has a link that runs a script'
    : undefined;
}

/** Without the references to characters and the blanks that browsers read over. */
const decoded = (xml: string): string =>
  xml
    .replace(/&#(x[0-9a-f]{1,6}|\d{1,7});/gi, (_, code: string) => {
      const point = /^x/i.test(code) ? Number.parseInt(code.slice(1), 16) : Number(code);
      return point <= 0x10ffff ? String.fromCodePoint(point) : '';
    })
    .replace(/[\t\r\n]/g, '');

/** Why `app.manifest` is of another app, or asks for more than an app; undefined: it does not. */
export function manifestError(id: string, text: string): string | undefined {
  const manifest = jsonOf(text);
  if (manifest === undefined) return 'it is not JSON';
  if (
    isDeeperThan(manifest, maximumDepth) ||
    !isRecord(manifest) ||
    !isRecord(manifest.info) ||
    !isRecord(manifest.info.id)
  )
    return 'it names no app';
  if (manifest.info.id.name !== id) return 'it is of another app';
  const extra = ['dependencies', 'tasks', 'inputGroups'].find(
    (key) => (manifest[key] ?? null) !== null,
  );
  return extra === undefined ? undefined : `it has ${extra}`;
}
