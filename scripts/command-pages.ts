// docs/commands/: one page for each command, from the program itself.
import type { Command, Help, Option } from 'commander';

/** What a command has beyond its help: the page that explains it. */
const more: Readonly<Record<string, string>> = {
  adopt: '[Taking over an existing app](../adopt.md)',
  build: '[The Splunk app](../splunk-pack.md), [the Graylog content pack](../graylog-pack.md)',
  check: '[Checks of rules](../lint.md), [every diagnostic](../diagnostics.md)',
  completion: '[Completion](../ci.md#completion)',
  convert: '[Converting rules](../convert.md), [coming from sigma-cli](../from-sigma-cli.md)',
  diff: '[Releases](../releases.md#diff)',
  docs: '[Rule pages](../rule-pages.md)',
  explain:
    '[Pipelines](../pipelines.md), ' +
    '[why a rule finds an event](../tests.md#why-a-rule-finds-an-event-or-not)',
  hunt: '[Graylog](../graylog-pack.md)',
  init: '[Configuration](../configuration.md), [CI](../ci.md)',
  install: '[Installing packs](../install.md)',
  list: '[Targets](../targets.md), [pipelines](../pipelines.md)',
  lsp: '[Editors](../editors.md)',
  match: '[Events](../events.md#which-rules-match)',
  playground: '[Playground](../playground.md)',
  release: '[Releases](../releases.md)',
  rollback: '[Installing packs](../install.md)',
  stats: '[What a server can carry](../configuration.md#what-a-server-can-carry-overbudget)',
  status: '[Status and drift](../install.md#status-and-drift)',
  test: '[Tests of rules](../tests.md)',
  uninstall: '[Installing packs](../install.md)',
  verify: '[Digests, signature, SBOM](../releases.md#digests-signature-sbom)',
};

const generated =
  'This page is generated: `UPDATE=1 npx vitest run test/commands-page.test.ts` writes it.';

/** A cell of a table: the bars of choices are not borders. */
const cell = (text: string): string => text.replaceAll('|', '\\|');

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

function optionRows(options: readonly Option[], help: Help): string {
  return options
    .filter(({ hidden }) => !hidden)
    .map((option) => `| \`${cell(option.flags)}\` | ${cell(help.optionDescription(option))} |`)
    .join('\n');
}

/** The sections that the help has below the options: `Examples`, `Environment`. */
function helpSections(text: string): string {
  const [, examples = ''] = /^Examples:\n((?: {2}.*\n)+)/m.exec(text) ?? [];
  const [, environment = ''] = /^Environment:\n((?: {2}.*\n?)+)/m.exec(text) ?? [];
  const lines = (block: string): readonly string[] =>
    block
      .trimEnd()
      .split('\n')
      .map((line) => line.slice(2));
  const variables = lines(environment).map((line) => {
    const [name = '', ...words] = line.split(/ {2,}/);
    return `| \`${name}\` | ${words.join(' ')} |`;
  });
  return [
    ...(examples === ''
      ? []
      : [`## Examples\n\n\`\`\`text\n${lines(examples).join('\n')}\n\`\`\`\n`]),
    ...(environment === ''
      ? []
      : [`## Environment\n\n| variable | |\n| --- | --- |\n${variables.join('\n')}\n`]),
  ].join('\n');
}

/** The page of a command; `text`: what its `--help` prints. */
export function commandPage(command: Command, text: string): string {
  const help = command.createHelp();
  const name = command.name();
  const rows = help
    .visibleArguments(command)
    .map((argument) => `| \`${argument.name()}\` | ${cell(help.argumentDescription(argument))} |`);
  return [
    `# sigpack ${name}`,
    `${sentence(command.description())}${more[name] === undefined ? '' : ` More: ${more[name]}.`}`,
    `\`\`\`text\n${help.commandUsage(command)}\n\`\`\``,
    ...(rows.length > 0 ? [`| argument | |\n| --- | --- |\n${rows.join('\n')}`] : []),
    `| option | |\n| --- | --- |\n${optionRows(help.visibleOptions(command), help)}`,
    helpSections(text).trimEnd(),
    '[All commands](../commands.md), [exit codes](../commands.md#exit-codes)',
    generated,
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

/** The table of all commands for docs/commands.md. */
export function commandTable(commands: readonly Command[]): string {
  const rows = commands.map(
    (command) =>
      `| [\`sigpack ${command.name()}\`](commands/${command.name()}.md) | ` +
      `${cell(sentence(command.description()))} |`,
  );
  return `| command | |\n| --- | --- |\n${rows.join('\n')}\n`;
}
