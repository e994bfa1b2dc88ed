/** Why Sigpack refuses what sigma-cli takes, where that is meant. */
export const knownReasons: readonly { readonly message: RegExp; readonly why: string }[] = [
  { message: /^TGT005 /, why: 'the query would find every event that lacks its fields' },
  {
    message: /^SIG033 `timeframe` over several selections/,
    why: 'several events are meant, and sigma-cli looks at one at a time',
  },
];
