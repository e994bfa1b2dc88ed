// MITRE ATT&CK Enterprise ids, names and tactics: v18.1 with the v19 changes (Defense Evasion
// split into Stealth TA0005 and Defense Impairment TA0112, T1562 family renumbered). (c) The
// MITRE Corporation, reproduced with permission under the ATT&CK terms of use.
// Made by test/corpus/make-attack-data.ts; not to be edited.

type Tactic = readonly [id: string, shortName: string, name: string];

/** The tactics of today, in the order of an attack. */
export const tacticData: readonly Tactic[] = [
  ['TA0043', 'reconnaissance', 'Reconnaissance'],
  ['TA0042', 'resource-development', 'Resource Development'],
  ['TA0001', 'initial-access', 'Initial Access'],
  ['TA0002', 'execution', 'Execution'],
  ['TA0003', 'persistence', 'Persistence'],
  ['TA0004', 'privilege-escalation', 'Privilege Escalation'],
  ['TA0005', 'stealth', 'Stealth'],
  ['TA0112', 'defense-impairment', 'Defense Impairment'],
  ['TA0006', 'credential-access', 'Credential Access'],
  ['TA0007', 'discovery', 'Discovery'],
  ['TA0008', 'lateral-movement', 'Lateral Movement'],
  ['TA0009', 'collection', 'Collection'],
  ['TA0011', 'command-and-control', 'Command and Control'],
  ['TA0010', 'exfiltration', 'Exfiltration'],
  ['TA0040', 'impact', 'Impact'],
];

/** Tactics of older versions; the id is that of the tactic that took their place. */
export const retiredTacticData: readonly Tactic[] = [
  ['TA0005', 'defense-evasion', 'Defense Evasion'],
];
