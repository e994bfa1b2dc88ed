/** Why Sigpack refuses what sigma-cli takes, where that is meant. */
export const knownReasons: readonly { readonly message: RegExp; readonly why: string }[] = [
  { message: /^TGT005 /, why: 'the query would find every event that lacks its fields' },
];
