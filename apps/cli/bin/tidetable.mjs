#!/usr/bin/env node
/** Stands here before anything is built, so that npm can link it. */
import { existsSync } from 'node:fs';
import process from 'node:process';

const program = new URL('../dist/main.js', import.meta.url);
if (existsSync(program)) await import(program.href);
else {
  process.stderr.write('The command is not built yet: run "npm run build" first.\n');
  process.exitCode = 2;
}
