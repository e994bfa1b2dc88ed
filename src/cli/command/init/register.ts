import { type Command, Option } from 'commander';
import { fieldChoices } from '../../../pipeline/field-choice.ts';
import { commandHelp } from '../help-text.ts';
import type { InitCommandOptions } from './run.ts';

export function register(program: Command): void {
  program
    .command('init')
    .description(
      'ask which products the rules are for, write sigpack.yml, a starter rule, package.json ' +
        'and CI files, and build the packs',
    )
    .argument('[folder]', 'folder of the project', '.')
    .option('--id <id>', 'id of the packs')
    .option('--title <title>', 'title of the packs')
    .option('--author <author>', 'author of the packs')
    .option(
      '--package <spec>',
      'how package.json names Sigpack, such as file:vendor/sigpack.tgz (default: the version ' +
        'that runs; of a checkout or a tarball, a tarball of it)',
    )
    .addOption(fieldsOption('splunk', 'Splunk', 'splunk'))
    .option('--splunk-index <names>', 'comma-separated indexes that hold the events; * for all')
    .option('--enterprise-security <answer>', 'yes or no: whether Splunk has it (default: no)')
    .addOption(fieldsOption('graylog', 'Graylog', 'graylog'))
    .option(
      '--graylog-streams <titles>',
      'comma-separated titles of the streams that hold the events; all for all',
    )
    .addOption(fieldsOption('elasticsearch', 'Elasticsearch', 'es-qs'))
    .option(
      '--elasticsearch-index <patterns>',
      'comma-separated patterns of the indexes that hold the events',
    )
    .option('--no-build', 'do not build the packs')
    .option('--force', 'replace files that exist', false)
    .action(async (folder: string, options: InitCommandOptions) => {
      const { init } = await import('./run.ts');
      process.exitCode = await init(folder, options);
    })
    .addHelpText(
      'after',
      commandHelp([
        'sigpack init detections',
        'sigpack init detections --splunk splunk --splunk-index windows',
      ]),
    );
}

/** The field names of the packs for a product: those of one of the pipelines for `target`. */
const fieldsOption = (product: string, title: string, target: string): Option =>
  new Option(
    `--${product} <fields>`,
    `make packs for ${title}, with the field names of ${fieldChoices(target)
      .map(({ name }) => name)
      .join(', ')}`,
  );
