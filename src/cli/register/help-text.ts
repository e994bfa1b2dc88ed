import type { Command } from 'commander';

/** Two commands of each kind that a user types first. */
const examples: Readonly<Record<string, readonly [string, string]>> = {
  build: ['sigpack build', 'sigpack build rules -p splunk,graylog -o dist/packs'],
  check: ['sigpack check', 'sigpack check rules -f sarif > sigpack.sarif'],
  stats: ['sigpack stats', 'sigpack stats --budget 20 -f json'],
  init: [
    'sigpack init detections',
    'sigpack init detections --splunk splunk --splunk-index windows',
  ],
  adopt: ['sigpack adopt /opt/splunk/etc/apps/old_app --dry-run', 'sigpack adopt ../contentctl'],
  convert: [
    'sigpack convert rules -t splunk -p splunk',
    'sigpack convert rules -t es-qs -p elastic -f kibana-ndjson -o queries.ndjson',
  ],
  explain: [
    'sigpack explain rules/rule.yml -t splunk',
    'sigpack explain rules/rule.yml --event events.json',
  ],
  match: [
    'sigpack match rules --events events.json',
    'zcat log.json.gz | sigpack match rules --events - -f ndjson',
  ],
  diff: ['sigpack diff', 'sigpack diff v1.4.0 HEAD -f markdown'],
  release: ['sigpack release --dry-run', 'sigpack release --bump minor --sign key.pem'],
  verify: [
    'sigpack verify dist/release/1.4.0',
    'sigpack verify dist/release/1.4.0 --key sigpack.pub',
  ],
  install: [
    'sigpack install dist/packs --to lab --plan',
    'sigpack install dist/release/1.4.0 --to production --yes',
  ],
  rollback: ['sigpack rollback --to lab --plan', 'sigpack rollback --to lab'],
  status: ['sigpack status', 'sigpack status --to lab -f json'],
  uninstall: [
    'sigpack uninstall --to lab',
    'sigpack uninstall dist/packs/acme-1.4.0.spl --to lab --yes',
  ],
  test: ['sigpack test', 'sigpack test rules --coverage -f junit > tests.xml'],
  docs: ['sigpack docs', 'sigpack docs rules -t splunk -f markdown -o pages'],
  list: ['sigpack list pipelines splunk', 'sigpack list fields rules -f json'],
  completion: [
    'source <(sigpack completion bash)',
    'sigpack completion fish > ~/.config/fish/completions/sigpack.fish',
  ],
};

const server: readonly (readonly [string, string])[] = [
  ['SIGPACK_SECRET_<NAME>', 'token of a place under installs:'],
  ['SIGPACK_PASSWORD_<NAME>', 'password of a place'],
  ['HTTPS_PROXY, NO_PROXY', 'proxy of the network, and hosts without it'],
];

/** Environment variables beside those of all commands. */
const variables: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  install: server,
  rollback: server,
  status: server,
  uninstall: server,
  release: [
    ['SIGPACK_SIGNING_KEY', 'ed25519 key (PEM) for --sign'],
    ['SOURCE_DATE_EPOCH', 'seconds; the date of the release'],
  ],
};

const terminal: readonly (readonly [string, string])[] = [
  ['NO_COLOR, FORCE_COLOR', 'switch colors off or on'],
];

/** What stands below the options in the help of a command; without one, in that of the program. */
export function helpText(command?: Command): string {
  if (!command) {
    const example = ['sigpack init detections', 'sigpack convert rules -t splunk -p splunk'];
    return `${section('Examples', example)}${section('Environment', aligned([['SIGPACK_CONFIG', 'configuration file'], ...terminal]))}
Exit codes: 0 done, 1 findings at or above --fail-on,
2 wrong usage or configuration, 3 internal error, 4 a server refused.`;
  }
  const config = command.options.some(({ long }) => long === '--config');
  const own = [
    ...(config ? [['SIGPACK_CONFIG', 'configuration file'] as const] : []),
    ...(variables[command.name()] ?? []),
    ...terminal,
  ];
  return (
    `${section('Examples', examples[command.name()] ?? [])}` +
    `${section('Environment', aligned(own))}`
  );
}

const section = (title: string, lines: readonly string[]): string =>
  lines.length === 0 ? '' : `\n${title}:\n${lines.map((line) => `  ${line}\n`).join('')}`;

function aligned(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `${name.padEnd(width)}  ${text}`);
}
