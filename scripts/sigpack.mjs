// `npm run sigpack`: npm runs scripts in the folder of package.json, but paths are meant from where
// the user called it.
import process from 'node:process';

const { INIT_CWD: calledFrom } = process.env;
if (calledFrom) process.chdir(calledFrom);
await import('../dist/lib/cli/main.js');
