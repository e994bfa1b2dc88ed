import { spawn } from 'node:child_process';
import { environment, mainFile } from './sigpack.ts';

/** A rule whose page is served. */
export const servedRule = (title: string): string => `title: ${title}
id: 00000000-0000-4000-8000-000000000001
status: test
level: high
logsource: { product: windows, service: security }
detection:
  selection: { EventID: 4624 }
  condition: selection
`;

/** A `sigpack docs --serve` that runs. */
export interface Serving {
  /** `http://127.0.0.1:8080/`. */
  readonly address: string;
  /** What it has printed so far, on both outputs. */
  readonly said: () => string;
  readonly stop: () => Promise<void>;
}

/** Serves the project in a folder, once its site is there; rejects if the command ends before. */
export function serve(folder: string, ...args: readonly string[]): Promise<Serving> {
  const child = spawn(process.execPath, [mainFile, 'docs', '--serve', ...args], {
    cwd: folder,
    env: environment(),
  });
  let said = '';
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
  };
  child.stderr.on('data', (data) => {
    said += String(data);
  });
  return new Promise((done, fail) => {
    child.once('exit', () => fail(new Error(said)));
    child.stdout.on('data', (data) => {
      said += String(data);
      const address = /http:\/\/127\.0\.0\.1:\d+\//.exec(said)?.[0];
      if (address !== undefined) done({ address, said: () => said, stop });
    });
  });
}
