import { deflateRawSync } from 'node:zlib';
import { sourceOf } from '../../../docs/rule-page.ts';
import { fieldChoices } from '../../../pipeline/field-choice.ts';
import { largestFragment, type SharedState } from '../../../playground/share.ts';
import { type CompiledRule, rulesBelow } from '../../../query/compile.ts';
import type { Collection } from '../../../sigma/collection/collection.ts';
import type { RuleHead } from '../../../sigma/rule/rule.ts';
import { CommandError } from '../../error/command-error.ts';
import type { PagesOptions } from './make-pages.ts';

interface PlaygroundPlace {
  /** Address of the page: http, https, or a path from the folder of the site. */
  readonly address: string;
  readonly collection: Pick<Collection, 'filtersOf'>;
  /** Names of the targets of the site. */
  readonly targets: readonly string[];
  /** Those whose queries come first. */
  readonly first: readonly string[];
  /** Names of the pipelines of a target. */
  readonly pipelinesOf: (target: string) => readonly string[];
}

/**
 * Makes the function that returns the address of the playground with a rule in it: what it
 * correlates and its filters are there too. Undefined for a rule that is too long for a link.
 */
export function createPlaygroundLinks(
  place: PlaygroundPlace,
): (compiled: CompiledRule) => string | undefined {
  const { address, collection, targets, first, pipelinesOf } = place;
  const base = /^(?:https?:\/)?\//i.test(address) ? address : `../${address}`;
  const state: Omit<SharedState, 'rule'> = {
    settings: '',
    pipelines: Object.fromEntries(targets.flatMap((name) => choiceOf(name, pipelinesOf(name)))),
    pasted: '',
    events: '',
    target: first.find((name) => targets.includes(name)) ?? targets[0] ?? '',
  };
  return (compiled) => {
    const sources = new Set(documentsOf(compiled, collection).map(textOf));
    const fragment = fragmentWith({ ...state, rule: `${[...sources].join('\n---\n')}\n` });
    return fragment.length > largestFragment ? undefined : `${base}#${fragment}`;
  };
}

/** The address that is to be linked, checked. */
export function playgroundAddress({
  playground: address,
  format,
  serve = false,
}: Pick<PagesOptions, 'playground' | 'format' | 'serve'>): string | undefined {
  if (address === undefined) return undefined;
  if (format !== 'html') throw new CommandError('--playground is for HTML pages; leave -f out');
  const isWeb = /^https?:\/\/[^/]/i.test(address);
  if (/[\s\p{Cc}"<>\\#]/u.test(address) || !(isWeb || /^(?!\/\/)[^:?]+$/.test(address)))
    throw new CommandError(
      '--playground takes an http or https address, or a path from the folder of the pages such ' +
        'as playground.html',
    );
  if (serve && !isWeb)
    throw new CommandError('--serve shows the pages alone: --playground takes a web address there');
  return address;
}

/** What the page has a choice for: a pipeline of one's own is not in the link. */
function choiceOf(
  target: string,
  [name, ...others]: readonly string[],
): readonly (readonly [string, readonly string[]])[] {
  const isChoice = others.length === 0 && fieldChoices(target).some((one) => one.name === name);
  return name !== undefined && isChoice ? [[target, [name]]] : [];
}

type RuleDocument = Pick<RuleHead, 'file' | 'span' | 'document'>;

/** Of the rule, those below it and their filters. */
const documentsOf = (
  compiled: CompiledRule,
  collection: Pick<Collection, 'filtersOf'>,
): readonly RuleDocument[] =>
  rulesBelow(compiled).flatMap(({ rule }): readonly RuleDocument[] =>
    rule.kind === 'detection' ? [rule, ...collection.filtersOf(rule)] : [rule],
  );

/** A rule of an old collection takes parts of the other documents of its file. */
const textOf = (rule: RuleDocument): string =>
  rule.document ? rule.file.text.trimEnd() : sourceOf(rule);

/** As `fragmentOf` makes it, at once: pages are made one after another. */
const fragmentWith = (state: SharedState): string =>
  deflateRawSync(JSON.stringify(state), { level: 9 }).toString('base64url');
