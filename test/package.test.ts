import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTar } from './archives.ts';
import { initFlags } from './project-folder.ts';

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'sigpack-package-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const npm = (args: readonly string[], cwd: string): string =>
  execFileSync('npm', [...args, '--ignore-scripts', '--loglevel=error'], { cwd, encoding: 'utf8' });
const node = (args: readonly string[]) =>
  spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });

interface Packed {
  readonly filename: string;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string; readonly mode: number }[];
}

let packed: Packed;

/** As the README has it, on one rule. */
const program = `
import { collect, createBag, createCompiler, graylogDefaults, graylogQueries, readDocuments, splunkSearch } from 'sigpack';

const file = { path: 'rule.yml', text: 'title: A\\nlogsource: {product: windows}\\ndetection: {sel: {EventID: [1031, 1032]}, condition: sel}\\n' };
const bag = createBag();
const collection = collect(readDocuments(file, bag).documents, bag);
const compile = createCompiler(collection, { placeholders: new Map(), bag });
for (const rule of collection.rules) {
  const compiled = compile(rule);
  if (compiled?.kind !== 'detection') continue;
  const splunk = splunkSearch(compiled.query, 'index=windows', { cloudSafe: true });
  const graylog = graylogQueries(compiled.query, { file, span: rule.span }, graylogDefaults);
  if (splunk.ok) console.log(splunk.value);
  if (graylog.ok) console.log(graylog.value.join());
}
`;

beforeAll(async () => {
  if (!existsSync(join(root, 'dist', 'lib', 'index.js')))
    throw new Error('nothing is built: npm run build');
  [packed] = JSON.parse(npm(['pack', '--json', '--pack-destination', folder], root));
  writeFileSync(
    join(folder, 'package.json'),
    '{ "name": "empty", "private": true, "type": "module" }\n',
  );
  if (process.env.SIGPACK_NETWORK)
    npm(['install', `./${packed.filename}`, '--prefer-offline', '--no-audit', '--no-fund'], folder);
  else await installWithoutNetwork(readFileSync(join(folder, packed.filename)));
});

/** What npm writes of where a package came from. */
const recordInstalled = (resolved: string): void =>
  writeFileSync(
    join(folder, 'node_modules', '.package-lock.json'),
    JSON.stringify({ packages: { 'node_modules/sigpack': { resolved } } }),
  );

/**
 * As npm installs it, but what it depends on is what the project has: npm would ask the registry.
 * `SIGPACK_NETWORK=1` has npm do it.
 */
async function installWithoutNetwork(archive: Buffer): Promise<void> {
  const modules = join(folder, 'node_modules');
  const { bin, dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  for (const { header, text } of await readTar(archive)) {
    const path = join(modules, header.name.replace(/^package/, 'sigpack'));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { mode: header.mode ?? 0o644 });
  }
  for (const name of Object.keys(dependencies)) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), join(modules, name), 'junction');
  }
  recordInstalled(`file:${packed.filename}`);
  mkdirSync(join(modules, '.bin'));
  symlinkSync(join('..', 'sigpack', bin.sigpack), join(modules, '.bin', 'sigpack'));
}

describe('the npm package', () => {
  it('holds what runs and nothing else', () => {
    const paths = packed.files.map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining([
        'README.md',
        'LICENSE',
        'dist/lib/cli/main.js',
        'dist/lib/index.d.ts',
        'templates/splunk/app.manifest.hbs',
        'docs/sigpack.schema.json',
      ]),
    );
    expect(
      paths.filter(
        (path) =>
          !/^(?:dist\/lib\/|templates\/|rules\/|pipelines\/|docs\/[\w.-]+\.(?:md|json)$|(?:README|CHANGELOG)\.md$|LICENSE$|package\.json$)/.test(
            path,
          ),
      ),
    ).toEqual([]);
    expect(
      paths.filter(
        (path) =>
          /(?:^|\/)\.|\.test\.|\.map$|\.tsbuildinfo$/.test(path) &&
          !/\.test\.yml(?:\.hbs)?$/.test(path),
      ),
    ).toEqual([]);
    expect(packed.unpackedSize).toBeLessThan(2_600_000);
  });

  it('holds one declaration file, which needs no other, and one of names from it', () => {
    const paths = packed.files.map(({ path }) => path).filter((path) => path.endsWith('.d.ts'));
    expect(paths.sort()).toEqual(['dist/lib/core.d.ts', 'dist/lib/index.d.ts']);
    const text = readFileSync(join(root, 'dist/lib/index.d.ts'), 'utf8');
    expect(text).toMatch(/declare function readDocuments\(/);
    const withoutComments = text.replace(/\/\*[\s\S]*?\*\//g, '');
    expect(withoutComments).not.toMatch(/(?:from|import\() ?['"]\./);
    expect(text).toContain('/** Actions of Watcher by their ids');
  });

  it('starts with any env and any Node: no arguments and no flags in its first line', () => {
    const [first] = readFileSync(join(root, 'dist/lib/cli/main.js'), 'utf8').split('\n');
    expect(first).toBe('#!/usr/bin/env node');
    expect(readFileSync(join(root, 'package.json'), 'utf8')).not.toMatch(/--max-|--heap-/);
  });

  it('runs as a command, from a folder without a configuration too', () => {
    const bin = join(folder, 'node_modules', '.bin', 'sigpack');
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(node([bin, '--version']).stdout).toBe(`${version}\n`);
    expect(node([bin, 'init', '.', ...initFlags])).toMatchObject({ status: 0, stderr: '' });
    expect(node([bin, 'build', '-o', 'out'])).toMatchObject({ status: 0, stderr: '' });
    expect(existsSync(join(folder, 'out', 'manifest.json'))).toBe(true);
  });

  it('names itself in a new project: as the registry has it, or by a tarball of it', () => {
    const bin = join(folder, 'node_modules', '.bin', 'sigpack');
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const record = join(folder, 'node_modules', '.package-lock.json');
    const before = readFileSync(record);
    const made = (name: string) => {
      const { stdout } = node([bin, 'init', name, ...initFlags, '--no-build']);
      const manifest = JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8'));
      return { stdout, dependencies: manifest.devDependencies };
    };
    const ofTarball = made('of-tarball');
    expect(ofTarball.dependencies).toEqual({ sigpack: `file:vendor/sigpack-${version}.tgz` });
    const from = join(folder, 'node_modules', 'sigpack');
    const steps = `\nThen: npm pack '${from}' --ignore-scripts --pack-destination vendor\n`;
    expect(ofTarball.stdout.replaceAll(`${from} `, `'${from}' `)).toContain(steps);
    mkdirSync(join(folder, 'of-tarball', 'vendor'));
    npm(['pack', from, '--pack-destination', 'vendor'], join(folder, 'of-tarball'));
    expect(existsSync(join(folder, 'of-tarball', 'vendor', packed.filename))).toBe(true);

    recordInstalled(`https://npm.example.org/sigpack/-/sigpack-${version}.tgz`);
    const ofRegistry = made('of-registry');
    writeFileSync(record, before);
    expect(ofRegistry.dependencies).toEqual({ sigpack: version });
    expect(ofRegistry.stdout).toContain('\nThen: npm install\nThen: commit package-lock.json');
  });

  it.runIf(process.env.SIGPACK_NETWORK)(
    'is what CI runs, by its digest, where the tarball lies in the repository',
    () => {
      const project = join(folder, 'project');
      mkdirSync(join(project, 'vendor'), { recursive: true });
      const tarball = join(project, 'vendor', packed.filename);
      copyFileSync(join(folder, packed.filename), tarball);
      const bin = join(folder, 'node_modules', '.bin', 'sigpack');
      const made = spawnSync(
        process.execPath,
        [bin, 'init', '.', ...initFlags, '--package', `file:vendor/${packed.filename}`],
        {
          cwd: project,
          encoding: 'utf8',
        },
      );
      expect(made).toMatchObject({ status: 0, stderr: '' });
      npm(['install', '--prefer-offline', '--no-audit', '--no-fund'], project);
      const lock = JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8'));
      expect(lock.packages['node_modules/sigpack']).toMatchObject({
        resolved: `file:vendor/${packed.filename}`,
        integrity: expect.stringMatching(/^sha512-/),
      });
      npm(['ci', '--prefer-offline'], project);
      const built = spawnSync(join(project, 'node_modules', '.bin', 'sigpack'), ['build'], {
        cwd: project,
        encoding: 'utf8',
      });
      expect(built).toMatchObject({ status: 0, stderr: '' });
      // another tarball than the one that was locked, where no cache has that one
      writeFileSync(tarball, Buffer.concat([readFileSync(tarball), Buffer.alloc(1)]));
      expect(() => npm(['ci', '--cache', join(folder, 'cache')], project)).toThrow(/EINTEGRITY/);
    },
  );

  it('is a library', () => {
    writeFileSync(join(folder, 'program.js'), program);
    const { stdout, stderr } = node(['program.js']);
    expect(stderr).toBe('');
    expect(stdout).toBe('index=windows EventID IN ("1031", "1032")\nEventID:("1031" "1032")\n');
  });

  it('has types that hold, and that report', () => {
    const options = {
      strict: true,
      module: 'nodenext',
      target: 'es2023',
      noEmit: true,
      types: [],
      skipLibCheck: false,
    };
    const tsc = (text: string) => {
      writeFileSync(
        join(folder, 'program.ts'),
        `declare const console: { log(text: string): void };\n${text}`,
      );
      writeFileSync(
        join(folder, 'tsconfig.json'),
        JSON.stringify({ compilerOptions: options, files: ['program.ts'] }),
      );
      return spawnSync(
        process.execPath,
        [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', folder],
        { cwd: folder, encoding: 'utf8' },
      );
    };
    expect(tsc(program)).toMatchObject({ status: 0, stdout: '' });
    const wrong = tsc(program.replace('{ cloudSafe: true }', '{ cloudSafe: 1 }'));
    expect([wrong.status === 0, wrong.stdout.includes('TS2322')]).toEqual([false, true]);
    const core = program.replace("'sigpack'", "'sigpack/core'");
    expect(tsc(core)).toMatchObject({ status: 0, stdout: '' });
    writeFileSync(join(folder, 'core.js'), core);
    expect(node(['core.js']).stdout).toBe(node(['program.js']).stdout);
    expect(tsc(core.replace('collect,', 'collect, makeArtifacts,')).stdout).toContain('TS2305');
  });

  it('gives its schema to editors', () => {
    const schema = JSON.parse(
      readFileSync(join(folder, 'node_modules', 'sigpack', 'docs', 'sigpack.schema.json'), 'utf8'),
    );
    expect(schema.properties).toHaveProperty('splunk');
    expect(readFileSync(join(folder, 'sigpack.yml'), 'utf8')).toContain(
      'node_modules/sigpack/docs/sigpack.schema.json',
    );
  });
});
