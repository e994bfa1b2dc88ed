import { artifactsOf } from '../../../artifact/artifacts.ts';
import { tombstonesOf } from '../../../pack/naming/tombstone.ts';
import type { Pack } from '../../../pack/pack.ts';
import type { Lock } from '../../../release/lock/lock.ts';
import { lockText } from '../../../release/lock/text.ts';
import { type Built, createBuilt } from '../../../release/snapshot.ts';
import {
  artifactInput,
  compileRules,
  createPageList,
  projectTemplates,
  reportBudgets,
  reportPack,
} from '../../project/compile-rules.ts';
import { lintOf } from '../../project/lint.ts';
import { type Project, pathInPack } from '../../project/project.ts';
import type { LoadedTemplates } from '../../project/template-files.ts';
import type { ReleaseWrites } from '../../release/files.ts';
import { type ReleaseFolderInput, releaseFolder } from '../../release/folder.ts';

/** The pack of a project, and what a release of it needs besides. */
export interface Compiled {
  readonly project: Project;
  readonly pack: Pack;
  readonly built: Built;
  readonly pages: ReturnType<typeof createPageList>;
  readonly templates: LoadedTemplates;
}

export async function compiledProject(project: Project): Promise<Compiled> {
  const { loaded, history } = project;
  const templates = projectTemplates(project);
  const pages = createPageList(project, templates);
  const built = createBuilt(loaded.config.info, { pathOf: history.pathOf, details: true });
  const lint = await lintOf(project, [], false);
  const compilation = compileRules(project, [], lint?.onRule);
  for (const outcome of compilation.outcomes) {
    pages.add(outcome);
    built.add(outcome);
  }
  const pack = compilation.pack();
  lint?.finish();
  reportPack(project, pack, [], compilation.counts().files);
  reportBudgets(project, pack);
  return { project, pack, built, pages, templates };
}

/** The pack as another version, with what depends on the version. */
export function asVersion({ project, pack }: Compiled, version: string, revision: number): Pack {
  const config = { ...pack.config, info: { ...pack.config.info, version, revision } };
  const present = [...pack.splunk, ...pack.groups.groups];
  return { ...pack, config, tombstones: tombstonesOf(project.history, present, version) };
}

/**
 * The files of a release. Undefined where the lock names rules that are not in the pack, or a
 * template is wrong, which has been reported.
 */
export async function releaseFiles(
  compiled: Compiled,
  pack: Pack,
  lock: Lock,
  origin: Pick<ReleaseFolderInput, 'source' | 'signing'>,
): Promise<ReleaseWrites['output']['files'] | undefined> {
  const { project, pages, templates } = compiled;
  const { loaded } = project;
  const pathOf = (path: string): string => pathInPack(project, path);
  const rendered = pages.pages();
  if (!rendered) return undefined;
  const made = await artifactsOf(artifactInput(project, pack, rendered, templates));
  const isEmpty = pack.config.targets.some((target) => pack[target].length === 0);
  // a release has all the rules that its lock names, or there is no release
  if (!made || made.leftOut.length > 0 || isEmpty) return undefined;
  const { artifacts } = made;
  return releaseFolder({ artifacts, pack, lock: lockText(lock), loaded, pathOf, ...origin });
}
