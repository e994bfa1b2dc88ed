import type { RegisteredTarget } from '../../../backend/registry.ts';
import { type PrintedTarget, printedTargets } from '../../../convert/printed-targets.ts';
import { lintFile } from '../../../editor/lint-file.ts';
import { type Vocabulary, vocabularyOf } from '../../../editor/vocabulary.ts';
import { exclusionOf, isExcluded } from '../../../lint/exclusions.ts';
import { compilePack } from '../../../pack/pack.ts';
import { createCompiler } from '../../../query/compile.ts';
import { type Collection, collect, type Rule } from '../../../sigma/collection/collection.ts';
import { readDocuments, type SigmaDocument } from '../../../sigma/collection/document.ts';
import { createBag, type Diagnostic, type DiagnosticBag } from '../../../source/diagnostic.ts';
import type { SourceFile } from '../../../source/span.ts';
import type { UsableProject } from '../../project/usable-project.ts';

/** The rules of a folder, as far as they have been read, with what is open in the editor. */
export interface Workspace {
  /** A file of the folder, or one that is open; undefined where it was deleted. */
  readonly set: (path: string, text: string | undefined) => void;
  readonly fileOf: (path: string) => SourceFile | undefined;
  readonly documents: () => readonly SigmaDocument[];
  readonly collection: () => Collection;
  readonly vocabulary: () => Vocabulary;
  /** What is wrong with a file as YAML and Sigma, alone and among the others. */
  readonly briefly: (path: string) => readonly Diagnostic[];
  /** The same with what `sigpack check` finds in its rules, for the packs of the project. */
  readonly diagnosticsOf: (path: string) => readonly Diagnostic[];
  /** The paths with errors and warnings that all files together cause. */
  readonly troubled: () => ReadonlySet<string>;
  /** The queries of the rules of a file at an offset. */
  readonly queriesAt: (path: string, offset: number) => readonly PrintedTarget[];
}

interface ReadFile {
  readonly file: SourceFile;
  readonly documents: readonly SigmaDocument[];
  readonly diagnostics: readonly Diagnostic[];
  /** The documents of the last text that could be read: half a rule still has its words. */
  readonly sound: readonly SigmaDocument[];
}

/** What follows from all files, until one of them changes. */
interface Together {
  readonly collection: Collection;
  readonly byPath: ReadonlyMap<string, readonly Diagnostic[]>;
}

/** `today`: YYYY-MM-DD. */
export function createWorkspace(
  project: UsableProject,
  targets: readonly RegisteredTarget[],
  today: string,
): Workspace {
  const { config, pipelines } = project;
  const files = new Map<string, ReadFile>();
  let together: Together | undefined;
  let words: Vocabulary | undefined;
  const all = (): readonly SigmaDocument[] =>
    [...files.values()].flatMap(({ documents }) => documents);
  const joined = (): Together => {
    together ??= togetherOf(all(), createBag(config.severities));
    return together;
  };
  const rulesOf = (path: string): readonly Rule[] =>
    joined().collection.rules.filter(({ file }) => file.path === path);
  const printed = (rules: readonly Rule[], bag: DiagnosticBag): readonly PrintedTarget[] =>
    printedTargets(targets, joined().collection, { config, pipelines, bag }, rules);
  const briefly = (path: string): readonly Diagnostic[] => [
    ...(files.get(path)?.diagnostics ?? []),
    ...(joined().byPath.get(path) ?? []),
  ];
  return {
    set(path, text) {
      together = undefined;
      words = undefined;
      if (text === undefined) files.delete(path);
      else files.set(path, readFile({ path, text }, files.get(path), createBag(config.severities)));
    },
    fileOf: (path) => files.get(path)?.file,
    documents: all,
    collection: () => joined().collection,
    vocabulary() {
      words ??= vocabularyOf([...files.values()].flatMap(({ sound }) => sound));
      return words;
    },
    briefly,
    diagnosticsOf(path) {
      const file = files.get(path)?.file;
      if (!file) return [];
      const bag = createBag(config.severities);
      const rules = rulesOf(path);
      const { collection } = joined();
      const compilation = compilePack({ collection, rules, config, bag, pipelines });
      const compiled = Array.from(compilation.outcomes, ({ written }) => written);
      compilation.pack();
      // what only serves a correlation is in no pack by itself
      const serving = rules.filter((rule) => !collection.standsAlone(rule));
      const compile = createCompiler(collection, {
        placeholders: config.placeholders,
        bag,
        keepPlaceholders: pipelines.size > 0,
      });
      for (const rule of serving) compile(rule);
      const exclusions = rules.flatMap((rule) => exclusionOf(rule, config.lint) ?? []);
      return [
        ...briefly(path),
        ...bag.list.filter((one) => one.file.path === path),
        ...lintFile({ file, compiled, config, today }),
      ].filter((diagnostic) => !isExcluded(diagnostic, exclusions));
    },
    troubled() {
      const own = [...files.values()].filter(({ diagnostics }) => diagnostics.some(isWorth));
      const others = [...joined().byPath].filter(([, list]) => list.some(isWorth));
      return new Set([...own.map(({ file }) => file.path), ...others.map(([path]) => path)]);
    },
    queriesAt(path, offset) {
      const rules = rulesOf(path).filter(({ span }) => span.start <= offset && offset <= span.end);
      return rules.length === 0 ? [] : printed(rules, createBag());
    },
  };
}

const isWorth = ({ severity }: Diagnostic): boolean => severity !== 'info';

function readFile(file: SourceFile, before: ReadFile | undefined, bag: DiagnosticBag): ReadFile {
  const { documents, count } = readDocuments(file, bag, { named: false });
  const isSound = documents.length === count || before === undefined;
  return { file, documents, diagnostics: bag.list, sound: isSound ? documents : before.sound };
}

function togetherOf(documents: readonly SigmaDocument[], bag: DiagnosticBag): Together {
  const collection = collect(documents, bag);
  return { collection, byPath: Map.groupBy(bag.list, ({ file }) => file.path) };
}
