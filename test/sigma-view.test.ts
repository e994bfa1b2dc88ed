import { describe, expect, test } from 'vitest';
import { withSigmaNames } from '../src/event/sigma-view.ts';
import { flattenWindows } from '../src/event/windows/windows.ts';
import type { Event } from '../src/match/event.ts';

describe('names of event data with blanks', () => {
  test.each<[string, Event, Event]>([
    [
      'Defender, from EVTX',
      flattenWindows({
        Event: {
          System: { EventID: 1116, Provider: { '#attributes': { Name: 'P' } } },
          EventData: { 'Threat Name': 'T', 'Source Name': 'System', 'Process Name': 'a.exe' },
        },
      }),
      {
        ThreatName: 'T',
        SourceName: 'System',
        ProcessName: 'a.exe',
        'Threat Name': 'T',
        Provider_Name: 'P',
      },
    ],
    [
      'Winlogbeat',
      { winlog: { event_id: 1116, event_data: { 'Threat Name': 'T' } } },
      { ThreatName: 'T', EventID: 1116 },
    ],
    [
      'Winlogbeat, dotted',
      { 'winlog.event_id': 1116, 'winlog.event_data.Detection User': 'u' },
      { DetectionUser: 'u' },
    ],
    [
      'words that a shipper joined',
      { EventCode: 1116, Threat_Name: 'T', Source_Name: 'S', Process_Name: 'p' },
      { ThreatName: 'T', SourceName: 'S', ProcessName: 'p' },
    ],
    [
      'a name that the event has keeps its value',
      { EventID: 1, 'Threat Name': 'a', ThreatName: 'b' },
      { ThreatName: 'b' },
    ],
  ])('%s', (_, event, wanted) => {
    expect(withSigmaNames(event)).toMatchObject(wanted);
  });

  test('other logs keep their names', () => {
    const event = { 'Threat Name': 'T', Threat_Name: 'U' };
    expect(withSigmaNames(event)).toEqual(event);
    // the data's own source is not the provider of the event
    expect(withSigmaNames({ EventID: 1116, 'Source Name': 'System' })).not.toHaveProperty(
      'Provider_Name',
    );
  });
});
