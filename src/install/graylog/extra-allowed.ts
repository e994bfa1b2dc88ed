import { either, listOf, mapOf, number, oneOf, recordOf, type Shape, text } from '../shape.ts';

export const value = (type: string, shape: Shape): Shape =>
  recordOf({ '@type': oneOf(type), '@value': shape });
export const textValue = value('string', text);
export const flagValue = value('boolean', oneOf(true, false));
export const parameterValue = value('parameter', text);

/**
 * A notification as a build writes it. Its address is a parameter: one that came with the pack
 * would send alerts to its author.
 */
const configs = either(
  recordOf({ type: oneOf('http-notification-v1'), url: parameterValue }),
  recordOf({
    type: oneOf('teams-notification-v2'),
    webhook_url: parameterValue,
    adaptive_card: textValue,
    time_zone: textValue,
  }),
  recordOf({
    type: oneOf('email-notification-v1'),
    sender: parameterValue,
    subject: textValue,
    body_template: textValue,
    html_body_template: textValue,
    email_recipients: listOf(text),
    user_recipients: listOf(text),
    time_zone: textValue,
  }),
  recordOf({
    type: oneOf('slack-notification-v1'),
    color: textValue,
    webhook_url: parameterValue,
    channel: parameterValue,
    custom_message: textValue,
    user_name: textValue,
    notify_channel: flagValue,
    notify_here: flagValue,
    link_names: flagValue,
    icon_url: textValue,
    icon_emoji: textValue,
    time_zone: textValue,
    include_title: flagValue,
  }),
);
export const notification = recordOf({ title: textValue, description: textValue, config: configs });

const timerange = recordOf({ type: oneOf('relative'), from: number });
const query = recordOf({ type: oneOf('elasticsearch'), query_string: text });
const none = listOf(oneOf(), 0);
const interval = recordOf({ type: oneOf('auto'), scaling: number });
const group = recordOf({
  type: oneOf('time', 'values'),
  fields: listOf(text),
  interval,
  limit: number,
  skip_empty_values: oneOf(false),
});
const pivotField = recordOf({
  type: oneOf('time', 'values'),
  fields: listOf(text),
  config: recordOf({ interval, limit: number }),
});
const sort = listOf(recordOf({ type: text, field: text, direction: text, order: text }));
const drawn = {
  row_pivots: listOf(pivotField),
  column_pivots: listOf(pivotField),
  series: listOf(recordOf({ config: recordOf({ name: text }), function: text })),
  visualization: text,
  visualization_config: mapOf(oneOf('stack', false, 'NEUTRAL')),
  rollup: oneOf(true),
  event_annotation: oneOf(false),
};
const listed = {
  fields: listOf(text),
  show_message_row: oneOf(false),
  show_summary: oneOf(false),
  decorators: none,
};
const results = { id: text, timerange, query, streams: listOf(text) };
const widget = recordOf({
  ...results,
  type: oneOf('aggregation', 'messages'),
  config: recordOf({ ...drawn, ...listed, sort }),
});
const search = recordOf({
  ...results,
  type: oneOf('pivot', 'messages'),
  filters: none,
  name: text,
  row_groups: listOf(group),
  column_groups: listOf(group),
  series: listOf(recordOf({ type: oneOf('count'), id: text })),
  sort,
  rollup: oneOf(true),
  limit: number,
  offset: number,
  decorators: none,
});
const state = recordOf({
  titles: recordOf({ widget: mapOf(text), tab: recordOf({ title: text }) }),
  widgets: listOf(widget),
  widget_mapping: mapOf(listOf(text)),
  positions: mapOf(recordOf({ col: number, row: number, height: number, width: number })),
  formatting: recordOf({ highlighting: none }),
  display_mode_settings: recordOf({ positions: recordOf({}) }),
});

/** A dashboard as a build writes it. */
export const dashboard = recordOf({
  type: oneOf('DASHBOARD'),
  title: textValue,
  summary: textValue,
  description: textValue,
  search: recordOf({
    queries: listOf(
      recordOf({ id: text, timerange, filters: none, query, search_types: listOf(search) }),
    ),
    parameters: none,
    requires: recordOf({}),
    owner: oneOf(null),
    created_at: text,
  }),
  properties: none,
  requires: recordOf({}),
  state: mapOf(state),
  owner: oneOf(null),
  created_at: text,
});
