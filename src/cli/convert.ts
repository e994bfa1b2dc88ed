import { mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { targets } from '../backend/registry.ts';
import { type ConversionTarget, type ConvertedEntry, defaultTargetSettings, type TargetFormat, type TargetSettings } from '../backend/target.ts';
import type { PackConfig } from '../pack/config.ts';
import { type CompiledRule, createCompiler } from '../query/compile.ts';
import { createBag, type DiagnosticBag } from '../source/diagnostic.ts';
import { loadConfig } from './config-file.ts';
import { type ExitCode, exitCodes, UsageError } from './exit-code.ts';
import { loadRules } from './load.ts';
import { toolVersion } from './package-root.ts';
import { report } from './run.ts';
import { createTerminal, type Terminal } from './terminal.ts';

export interface ConvertOptions {
  readonly target: readonly string[];
  readonly format?: string;
  readonly output?: string;
  readonly config?: string;
  readonly verbose: boolean;
}

/** `sigpack convert`: queries alone, of each rule in each target. Rules that a target can't express are complained about, the others printed. */
export function convert(paths: readonly string[], options: ConvertOptions): ExitCode {
  const terminal = createTerminal(process.stderr, process.env, () => performance.now());
  const loaded = loadConfig(options.config);
  if (!('config' in loaded)) throw new UsageError('the configuration is invalid; `sigpack check` shows how');
  const chosen = options.target.map((name) => chosenTarget(name, options.format));
  const folder = options.output !== undefined && isFolder(options.output, chosen.length) ? options.output : undefined;
  const bag = createBag(loaded.config.severities);
  const rules = compiledRules(paths, loaded.config, bag, terminal);
  for (const { target, format } of chosen) {
    const entries = converted(rules, target, settingsOf(loaded.config), bag);
    if (folder !== undefined) writeEach(folder, commonFolder(paths), target, format, entries);
    else {
      const text = format.print(entries.map(({ entry }) => entry));
      if (options.output === undefined) process.stdout.write(chosen.length > 1 ? `== ${target.name}\n${text}` : text);
      else writeWhole(options.output, text);
    }
  }
  const context = { toolVersion: toolVersion(), paint: terminal.paint, width: terminal.width, failOn: 'error' as const };
  return report({ diagnostics: bag.list, format: 'text', verbose: options.verbose, context, terminal });
}

interface Chosen {
  readonly target: ConversionTarget;
  readonly format: TargetFormat;
}

function chosenTarget(name: string, wanted: string | undefined): Chosen {
  const target = targets.find((candidate) => candidate.name === name);
  if (!target) throw new UsageError(`there is no target ${name}; there are ${targets.map((candidate) => candidate.name).join(', ')}`);
  const format = wanted === undefined ? target.formats[0] : target.formats.find((candidate) => candidate.name === wanted);
  if (!format) throw new UsageError(`${name} has no format ${wanted}; it has ${target.formats.map((candidate) => candidate.name).join(', ')}`);
  return { target, format };
}

function settingsOf({ graylog, splunk }: PackConfig): TargetSettings {
  return { ...defaultTargetSettings, graylog, splunk: { ...defaultTargetSettings.splunk, cloudSafe: splunk.cloudSafe } };
}

function compiledRules(paths: readonly string[], config: PackConfig, bag: DiagnosticBag, terminal: Terminal): readonly CompiledRule[] {
  const { collection } = loadRules(paths, bag, terminal);
  const compile = createCompiler(collection, { placeholders: config.placeholders, bag });
  return collection.rules.filter((rule) => collection.standsAlone(rule)).flatMap((rule) => compile(rule) ?? []);
}

interface Entry {
  readonly entry: ConvertedEntry;
  readonly path: string;
}

function converted(rules: readonly CompiledRule[], target: ConversionTarget, settings: TargetSettings, bag: DiagnosticBag): readonly Entry[] {
  return rules.flatMap((compiled): readonly Entry[] => {
    const conversion = target.convert(compiled, settings);
    for (const { file, ...remark } of conversion.ok ? conversion.remarks : conversion.problems) {
      bag.add(file, { ...remark, message: `${target.name}: ${remark.message}`, target: target.name });
    }
    return conversion.ok ? [{ entry: { rule: compiled.rule, converted: conversion.value }, path: compiled.rule.file.path }] : [];
  });
}

/** A path that ends in a slash, a folder that is there, or the only way to write several targets. */
function isFolder(path: string, targetCount: number): boolean {
  if (path.endsWith('/') || path.endsWith('\\') || targetCount > 1) return true;
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** What the files' own folders are relative to: the one folder given, or nothing. */
function commonFolder(paths: readonly string[]): string | undefined {
  const [only] = paths;
  return paths.length === 1 && only !== undefined && statSync(only, { throwIfNoEntry: false })?.isDirectory() ? only : undefined;
}

/** One file a rule; the folders of the rules are mirrored. Several rules of one file are numbered. */
function writeEach(folder: string, root: string | undefined, target: ConversionTarget, format: TargetFormat, entries: readonly Entry[]): void {
  const taken = new Map<string, number>();
  for (const { entry, path } of entries) {
    const inside = root === undefined ? path.replace(/^(?:\.\.\/)+|^\//, '') : relative(root, path);
    const name = basename(inside).replace(/\.ya?ml$/i, '');
    const stem = join(folder, target.name, dirname(inside), name);
    const count = (taken.get(stem) ?? 0) + 1;
    taken.set(stem, count);
    writeWhole(`${stem}${count > 1 ? `-${count}` : ''}.${format.extension}`, format.print([entry]));
  }
}

function writeWhole(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = join(dirname(path), `.sigpack-${process.pid}-${basename(path)}`);
  writeFileSync(temporary, text);
  renameSync(temporary, path);
}

/** `sigpack list targets` and `sigpack list formats`. */
export function list(what: 'targets' | 'formats'): ExitCode {
  const rows =
    what === 'targets'
      ? targets.map(({ name, description }) => [name, description])
      : targets.flatMap(({ name, formats }) => formats.map((format) => [`${name} ${format.name}`, format.description]));
  const width = Math.max(...rows.map(([name = '']) => name.length));
  process.stdout.write(rows.map(([name = '', description = '']) => `${name.padEnd(width)}  ${description}\n`).join(''));
  return exitCodes.success;
}
