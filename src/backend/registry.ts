import { esQs } from './es-qs/es-qs.ts';
import { graylog } from './graylog/target.ts';
import { splunk } from './splunk/target.ts';
import type { ConversionTarget } from './target.ts';

/** Every target of `sigpack convert`, in the order of the rule pages. */
export const targets: readonly ConversionTarget[] = [esQs, graylog, splunk];
