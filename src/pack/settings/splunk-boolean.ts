/** How Splunk reads a setting that is true or false. */
export const isTrue = (value: string): boolean =>
  /^(?:1|true|t|yes|y|on|enabled?)$/i.test(value.trim());

/** Whether Splunk runs a saved search by its schedule. */
export const isScheduled = (settings: ReadonlyMap<string, string>): boolean =>
  isTrue(settings.get('enableSched') ?? '') && !isTrue(settings.get('disabled') ?? '');
