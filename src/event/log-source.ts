import type { Event } from '../match/event.ts';
import type { LogSource } from '../sigma/rule.ts';

const windows: LogSource = { product: 'windows' };

/** What an event tells of its log source by itself, with Sigma's names in view: nothing but that it is of the Windows event log. */
export const logSourceOf = ({ Channel, EventID, Provider_Name }: Event): LogSource | undefined =>
  Channel === undefined || EventID === undefined || Provider_Name === undefined ? undefined : windows;
