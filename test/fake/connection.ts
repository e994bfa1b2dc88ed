import { setTimeout as sleep } from 'node:timers/promises';
import { createSendRequest } from '../../src/cli/install/http/send-request.ts';
import type { ServerConnection } from '../../src/install/server/connection.ts';

/** A connection by the network; what fails is not tried again, unless `more` has it so. */
export const connectionTo = (
  url: string,
  more: Partial<ServerConnection> = {},
): ServerConnection => ({
  url,
  send: createSendRequest({}),
  sleep,
  timeout: 5000,
  retries: 0,
  ...more,
});
