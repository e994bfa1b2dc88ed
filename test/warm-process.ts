// a process that runs one command line after the other, as its parent sends them
import { fromEntry, mainFile, type RunOptions, sigpack } from './sigpack.ts';

interface Command {
  readonly args: readonly string[];
  readonly options: RunOptions;
}

process.on('message', ({ args, options }: Command) => {
  void sigpack(args, options, () => fromEntry(mainFile)).then((run) => process.send?.(run));
});
