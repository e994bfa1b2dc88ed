import type { PlaygroundInput } from './messages.ts';

const exampleRule = `title: Whoami Run By A Service Account
id: 5c1f6d0e-7c2b-4c57-9d0d-2a3f0c6b8e11
status: experimental
description: Someone asks which account a process runs as, which services have no reason to do.
tags:
  - attack.discovery
  - attack.t1033
logsource:
  category: process_creation
  product: windows
detection:
  selection:
    Image|endswith: '\\whoami.exe'
    User|contains:
      - 'SERVICE'
      - 'svc-'
  filter_main_monitoring:
    ParentImage|endswith: '\\monitor.exe'
  condition: selection and not 1 of filter_main_*
level: medium
`;

const example = (user: string, parent: string): string =>
  `${JSON.stringify({
    Image: 'C:\\Windows\\System32\\whoami.exe',
    User: user,
    ParentImage: parent,
  })}\n`;

const exampleEvents =
  example('LOCAL SERVICE', 'C:\\Windows\\System32\\cmd.exe') +
  example('anna', 'C:\\Windows\\explorer.exe');

/** What a page opens with. `settings`: the sigpack.yml; empty for none. */
export const exampleInput = (settings: string): PlaygroundInput => ({
  rule: exampleRule,
  settings,
  pipelines: {},
  pasted: '',
  events: exampleEvents,
});
