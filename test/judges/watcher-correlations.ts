import type { TestEvent } from '../matcher.ts';

/**
 * A correlation, the lines below `correlation:`, and whether its watch fires over {@link
 * correlationEvents}.
 */
export interface Sample {
  readonly lines: string;
  readonly fires: boolean;
}

const [first, second, third, fourth] = [990_001, 990_002, 990_003, 990_004];
const rule = (name: string, id: number): string =>
  `title: ${name}\nname: ${name}\nlogsource: { product: windows }\ndetection: { sel: { EventID: ${id} }, condition: sel }\n---\n`;
/** Rules that the correlations refer to. */
export const correlationBases =
  rule('first', first) + rule('second', second) + rule('third', third) + rule('fourth', fourth);

/**
 * Alice has three of the first kind, then one of the second; Bob one of the second, then one of the
 * first. Seconds of `_time` count from now.
 */
export const correlationEvents: readonly TestEvent[] = [
  { EventID: first, SubjectUserName: 'alice', Workstation: 'a1', Bytes: 10, _time: 0 },
  { EventID: first, SubjectUserName: 'alice', Workstation: 'a2', Bytes: 20, _time: 10 },
  { EventID: first, SubjectUserName: 'alice', Workstation: 'a2', Bytes: 90, _time: 20 },
  { EventID: second, SubjectUserName: 'alice', Workstation: 'a2', _time: 30 },
  { EventID: second, SubjectUserName: 'bob', Workstation: 'b1', _time: 40 },
  { EventID: first, SubjectUserName: 'bob', Workstation: 'b1', Bytes: 5, _time: 50 },
];

const counts = (type: string, condition: string, group = '[SubjectUserName]'): string =>
  `type: ${type}\nrules: [first]\ngroup-by: ${group}\ntimespan: 5m\ncondition: { ${condition} }`;
const series = (type: string, rules: string, more = ''): string =>
  `type: ${type}\nrules: [${rules}]\ngroup-by: [SubjectUserName]\ntimespan: 5m${more}`;
const fires = (lines: string): Sample => ({ lines, fires: true });
const silent = (lines: string): Sample => ({ lines, fires: false });

export const correlationSamples: readonly Sample[] = [
  fires(counts('event_count', 'gte: 3')),
  silent(counts('event_count', 'gt: 3')),
  fires(counts('event_count', 'gt: 3', '[]')),
  silent(counts('event_count', 'gt: 4', '[]')),
  fires(counts('event_count', 'eq: 2', '[SubjectUserName, Workstation]')),
  silent(counts('event_count', 'gte: 3', '[SubjectUserName, Workstation]')),
  fires(counts('event_count', 'gte: 1, lte: 1')),
  silent(counts('event_count', 'gt: 1, lt: 3')),
  silent(counts('event_count', 'gte: 1', '[NoSuchField]')),
  fires(counts('value_count', 'field: Workstation, gte: 2')),
  silent(counts('value_count', 'field: Workstation, gte: 3')),
  fires(counts('value_sum', 'field: Bytes, gte: 120')),
  silent(counts('value_sum', 'field: Bytes, gt: 120')),
  fires(counts('value_avg', 'field: Bytes, gte: 40')),
  silent(counts('value_avg', 'field: Bytes, gt: 40')),
  fires(counts('value_percentile', 'field: Bytes, percentile: 50, gte: 20')),
  silent(counts('value_percentile', 'field: Bytes, percentile: 50, gt: 20')),
  fires(series('temporal', 'first, second')),
  silent(series('temporal', 'first, second, third')),
  fires(series('temporal', 'first, second, third', '\ncondition: { gte: 2 }')),
  fires(series('temporal_ordered', 'first, second')),
  silent(series('temporal_ordered', 'second, third')),
  fires(
    `type: temporal_ordered\nrules: [second, first]\ngroup-by: [SubjectUserName, Workstation]\ntimespan: 5m`,
  ),
  fires(counts('value_median', 'field: Bytes, gte: 20')),
  fires('type: event_count\nrules: [third]\ntimespan: 5m\ncondition: { lt: 1 }'),
  fires('type: event_count\nrules: [third, fourth]\ntimespan: 5m\ncondition: { eq: 0 }'),
  silent('type: event_count\nrules: [first]\ntimespan: 5m\ncondition: { lt: 1 }'),
  fires('type: event_count\nrules: [third]\ntimespan: 5m\ncondition: { lt: 3 }'),
  silent('type: event_count\nrules: [first]\ntimespan: 5m\ncondition: { lt: 3 }'),
  fires(
    'type: value_count\nrules: [third]\ntimespan: 5m\ncondition: { field: Workstation, lt: 1 }',
  ),
  silent(
    'type: value_count\nrules: [first]\ntimespan: 5m\ncondition: { field: Workstation, lt: 1 }',
  ),
  fires('type: temporal\nrules: [third, fourth]\ntimespan: 5m\ncondition: { eq: 0 }'),
  silent('type: temporal\nrules: [first, fourth]\ntimespan: 5m\ncondition: { eq: 0 }'),
  fires(
    'type: value_count\nrules: [second]\ngroup-by: [SubjectUserName]\ntimespan: 5m\ncondition: { field: Bytes, lt: 2 }',
  ),
];
