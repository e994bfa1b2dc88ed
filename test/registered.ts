import { type RegisteredTarget, targets } from '../src/backend/registry.ts';

function registered(name: string): RegisteredTarget {
  const target = targets.find((one) => one.name === name);
  if (!target) throw new Error(`there is no target ${name}`);
  return target;
}

/** The targets as commands have them: each takes the settings of all. */
export const esQs = registered('es-qs');
export const graylog = registered('graylog');
export const grep = registered('grep');
export const logpoint = registered('logpoint');
export const splunk = registered('splunk');
export const xpackWatcher = registered('xpack-watcher');
