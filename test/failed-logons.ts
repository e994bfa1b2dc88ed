/** A rule of failed logons, and documents of a correlation over it by user. */
export const failedLogon = `
title: Failed
name: failed
status: test
logsource: { product: windows, service: security }
detection: { a: { EventID: 4625 }, condition: a }
`;

export const manyFailedLogons = (timespan: string, condition: string): string =>
  `${failedLogon}---\ntitle: Many\nstatus: test\ncorrelation: { type: event_count, rules: [failed], group-by: [User], timespan: ${timespan}, condition: { ${condition} } }\n`;
