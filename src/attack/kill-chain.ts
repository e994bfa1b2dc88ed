/**
 * The phases of the Cyber Kill Chain in order, with the ATT&CK tactics that Splunk's security
 * content assigns to them.
 */
const tacticsByPhase: readonly (readonly [phase: string, tactics: readonly string[]])[] = [
  ['Reconnaissance', ['reconnaissance']],
  ['Weaponization', ['resource-development']],
  ['Delivery', ['initial-access']],
  [
    'Exploitation',
    // since ATT&CK v19, Defense Evasion is Stealth and Defense Impairment
    [
      'privilege-escalation',
      'defense-evasion',
      'stealth',
      'defense-impairment',
      'credential-access',
      'discovery',
      'lateral-movement',
      'collection',
    ],
  ],
  ['Installation', ['execution', 'persistence']],
  ['Command and Control', ['command-and-control']],
  ['Actions on Objectives', ['exfiltration', 'impact']],
];

/** The phases of tactics, given by short names; unknown tactics have none. */
export const killChainPhases = (tactics: readonly string[]): readonly string[] =>
  tacticsByPhase
    .filter(([, of]) => of.some((tactic) => tactics.includes(tactic)))
    .map(([phase]) => phase);
