#!/usr/bin/env node
import module from 'node:module';
import { runCommandLine } from './command-line.ts';

// the bytecode of the modules is kept between runs, where Node can do that
module.enableCompileCache?.();
await runCommandLine();
