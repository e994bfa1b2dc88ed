import { isKnownCategory, knownProducts, knownServices } from '../event/known-log-sources.ts';
import { categoriesOfEvent, windowsCategory, windowsChannels } from '../event/windows/log.ts';
import { tableSources } from '../pack/alert/table.ts';
import { itemsOf } from '../sigma/rule/detection-items.ts';
import { logSourceKeys } from '../sigma/rule/reader.ts';
import type { DetectionRule } from '../sigma/rule/rule.ts';
import { once } from '../source/cache.ts';
import { didYouMean, nearest } from '../source/nearest.ts';
import { words } from '../source/words.ts';
import { lookup } from '../source/yaml/tree.ts';
import { type Checked, placeOf, type Report } from './check.ts';

const otherServices = words(`
  aaa bgp duo event exchange globalprotect ldp onelogin.events sslvpnd threat_detection
  threat_management
`);

/** Known services outside of Windows. */
const services = once(
  (): ReadonlySet<string> =>
    new Set([
      ...knownServices,
      ...tableSources().flatMap(({ service }) => service ?? []),
      ...otherServices,
    ]),
);

export function checkLogSource(checked: Checked, rule: DetectionRule): void {
  const { report, document } = checked;
  const node = lookup(document, 'logsource');
  for (const { key } of node?.kind === 'mapping' ? node.pairs : []) {
    if (logSourceKeys.has(key.text.toLowerCase())) continue;
    const near = nearest(key.text, logSourceKeys);
    report(
      'LNT004',
      key,
      `\`${key.text}\` is not a key of a log source, and is not looked at`,
      near === undefined ? undefined : didYouMean(near),
    );
  }
  const { category, product, service } = rule.logsource;
  const unknown = (name: string, value: string) =>
    report(
      'LNT040',
      lookup(node, name) ?? placeOf(checked, 'logsource'),
      `SigmaHQ has no ${name} \`${value}\``,
    );
  if (product !== undefined && !knownProducts.has(product)) unknown('product', product);
  if (category !== undefined && category !== 'appliance' && !isKnownCategory(category))
    unknown('category', category);
  if (
    service !== undefined &&
    !services().has(service) &&
    !(product === 'windows' && windowsChannels(service).length > 0)
  )
    unknown('service', service);
}

/** Finds `EventID` where the log source implies it, or where a category would. */
export function checkEventIds({ detection, logsource }: DetectionRule, report: Report): void {
  const { category, product, service } = logsource;
  if (product !== 'windows') return;
  const log = category === undefined ? undefined : windowsCategory(category);
  // a category of several kinds of events is narrowed by their ids
  const implied = log !== undefined && (log.kind === 'etw' || log.eventIds.length < 3);
  for (const { values, span } of itemsOf(detection).filter(({ field }) => field === 'EventID')) {
    if (implied) report('LNT041', span, `the category ${category} says which events are meant`);
    if (service === undefined) continue;
    for (const value of values) {
      const categories =
        typeof value.value === 'number' ? categoriesOfEvent(service, value.value) : [];
      if (categories.length > 0)
        report(
          'LNT020',
          value,
          `event ${value.text} of ${service} has a category`,
          `Write \`category: ${categories.join('` or `')}\` in place of the service.`,
        );
    }
  }
}
