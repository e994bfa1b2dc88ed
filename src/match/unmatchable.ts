/** Why a rule can't be matched with events here; thrown while it is compiled. */
export class Unmatchable extends Error {}
