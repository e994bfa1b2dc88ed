import { esQs } from './es-qs/es-qs.ts';
import { graylog } from './graylog/target.ts';
import { grep } from './grep/grep.ts';
import { logpoint } from './logpoint/logpoint.ts';
import { splunk } from './splunk/target.ts';
import type { ConversionTarget } from './target.ts';
import { xpackWatcher } from './xpack-watcher/xpack-watcher.ts';

/** Every target of `sigpack convert`, in the order of the rule pages. Each has a `name`. */
export const targets: readonly ConversionTarget[] = [
  esQs,
  xpackWatcher,
  graylog,
  splunk,
  logpoint,
  grep,
];
