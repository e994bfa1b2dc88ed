/** How Splunk reads a setting that is true or false. */
export const isTrue = (value: string): boolean =>
  /^(?:1|true|t|yes|y|on|enabled?)$/i.test(value.trim());
