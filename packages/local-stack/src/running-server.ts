import { type LocalStackError } from './local-stack-error.js';
import { type Place } from './place/choose-place.js';
import { type Remembered } from './place/remembered.js';
import { type Keeper } from './processes/start-keeper.js';
import { type SupervisedProcess } from './processes/supervise-process.js';

/** What starting a server of ours needs beside the server itself. */
export interface ServerStart {
  keeper: Keeper;
  place: Place;
  remembered: Remembered;
  onNotice: (sentence: string) => void;
  onLost: (error: LocalStackError) => void;
}

/** A server of ours that runs. */
export interface RunningServer {
  port: number;
  process: SupervisedProcess;
}
