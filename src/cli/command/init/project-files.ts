import { createRenderer, type TemplateSet } from '../../../pack/render/template.ts';
import { type Answers, chosenLines } from './choices.ts';

export interface InitOptions {
  /** Fits the pattern of `id` in the configuration's schema. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly author: string;
  /** How package.json names Sigpack: a version, or `file:` and a path. */
  readonly package: string;
  /** Products, their fields, and where their events are. */
  readonly answers: Answers;
}

/** A file for a new project. `path` uses `/`, relative to the project's folder. */
export interface InitFile {
  readonly path: string;
  readonly content: string;
}

const files = [
  { path: 'sigpack.yml', template: 'init/sigpack.yml.hbs' },
  {
    path: 'rules/windows/office-starts-schtasks.yml',
    template: 'init/office-starts-schtasks.yml.hbs',
  },
  {
    path: 'rules/windows/office-starts-schtasks.test.yml',
    template: 'init/office-starts-schtasks.test.yml.hbs',
  },
  { path: 'package.json', template: 'init/package.json.hbs' },
  { path: '.github/workflows/detections.yml', template: 'init/github-workflow.yml.hbs' },
  { path: '.github/dependabot.yml', template: 'init/dependabot.yml.hbs' },
  { path: '.gitlab-ci.yml', template: 'init/gitlab-ci.yml.hbs' },
  { path: '.gitignore', template: 'init/gitignore.hbs' },
] as const;

/** Paths of the files, below the project's folder. */
export const initPaths: readonly string[] = files.map((file) => file.path);

/** The names of the templates for {@link initFiles}. */
export const initTemplates: readonly string[] = files.map((file) => file.template);

/** An id for the packs from a title or a folder's name. */
export function packIdFrom(name: string): string {
  const words = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[_0-9]+|_+$/g, '')
    .slice(0, 80);
  return words.length < 2 ? 'detections' : words;
}

/**
 * What `sigpack init` writes: a commented configuration, a starter rule, package.json with Sigpack
 * in it, and CI files.
 */
export function initFiles(options: InitOptions, set: TemplateSet): readonly InitFile[] {
  const render = createRenderer(set);
  const { answers, ...rest } = options;
  const context = { ...rest, ...chosenLines(answers) };
  return files.map(({ path, template }) => ({ path, content: render(template, context) }));
}
