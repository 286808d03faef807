import { delimiter } from 'node:path';
import { findProgram } from './find-program.js';

/** The nats-server program: on the PATH, or where packages put it without being on everyone's PATH. */
export function findNatsServer(path: string): string | undefined {
  return findProgram('nats-server', [
    ...path.split(delimiter),
    '/usr/sbin',
    '/usr/local/bin',
    '/opt/homebrew/bin',
  ]);
}
