/**
 * Phases of the Cyber Kill Chain in its order, with the ATT&CK tactics that Splunk's security
 * content counts to each.
 */
const tacticsByPhase: readonly (readonly [phase: string, tactics: readonly string[]])[] = [
  ['Reconnaissance', ['reconnaissance']],
  ['Weaponization', ['resource-development']],
  ['Delivery', ['initial-access']],
  [
    'Exploitation',
    // Defense Evasion is Stealth and Defense Impairment since ATT&CK v19
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

/** The phases of some tactics, by their short names; a tactic that is not known has none. */
export const killChainPhases = (tactics: readonly string[]): readonly string[] =>
  tacticsByPhase
    .filter(([, of]) => of.some((tactic) => tactics.includes(tactic)))
    .map(([phase]) => phase);
