import { isRecord } from '../../../source/record.ts';
import { InstallError } from '../../install-error.ts';
import type { Client } from '../../server/client.ts';

/** `string_array_add` is a function of the rule language since then. */
const oldestMajor = 6;

export function refuseOldServer(version: string): void {
  if (Number.parseInt(version, 10) < oldestMajor)
    throw new InstallError(
      'input',
      `Graylog ${version} lacks a function of pipeline rules that the pack needs ` +
        `(string_array_add): update it to ${oldestMajor}.0, or build with ` +
        '`graylog: { mode: search }`',
    );
}

const before: readonly (readonly [string, string])[] = [
  ['Message Filter Chain', 'org.graylog2.messageprocessors.MessageFilterChainProcessor'],
  ['Stream Rule Processor', 'org.graylog2.messageprocessors.StreamMatcherFilterProcessor'],
];
const pipelines = [
  'Pipeline Processor',
  'org.graylog.plugins.pipelineprocessor.processors.PipelineInterpreter',
] as const;

/** What has to be changed under System > Configurations, or no message is tested. */
export async function processorHints(client: Client): Promise<readonly string[]> {
  const { status, json } = await client.send('GET', '/system/messageprocessors/config', {
    expect: [403, 404],
  });
  const list = isRecord(json) ? json.processor_order : undefined;
  if (status !== 200 || !Array.isArray(list))
    return [
      'The order of the message processors could not be read: see that "Pipeline Processor" is ' +
        'active and after "Message Filter Chain" (System > Configurations > Message Processors).',
    ];
  const order = list.map((one: unknown) => (isRecord(one) ? one.class_name : undefined));
  const disabled: readonly unknown[] =
    isRecord(json) && Array.isArray(json.disabled_processors) ? json.disabled_processors : [];
  const where = 'under System > Configurations > Message Processors';
  const [name, interpreter] = pipelines;
  const at = order.indexOf(interpreter);
  const off = [...before, pipelines].flatMap(([one, type]) =>
    disabled.includes(type) ? [`No message is tested: activate "${one}" ${where}.`] : [],
  );
  const late = before.flatMap(([one, type]) =>
    at >= 0 && order.indexOf(type) > at
      ? [
          `Messages have no stream yet where they are tested: move "${name}" after "${one}" ` +
            `${where}.`,
        ]
      : [],
  );
  return [...off, ...late];
}
