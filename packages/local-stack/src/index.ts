export { freePort, isPortFree } from './free-port.js';
export { LocalStackError, type LocalStackErrorCode } from './local-stack-error.js';
export { type Durability } from './postgres/postgres-settings.js';
export { type ProcessExit, type ProcessSpec, type StopStep } from './processes/keeper-protocol.js';
export { logTail } from './processes/log-file.js';
export { type Keeper, type KeptProcess, startKeeper } from './processes/start-keeper.js';
export { SupervisedProcess, type Supervision } from './processes/supervise-process.js';
export {
  migrateMetadata,
  type RunningServices,
  type ServicesOptions,
  startServices,
} from './services/start-services.js';
export { type LocalStack, type LocalStackOptions, startLocalStack } from './start-local-stack.js';
export { readStackFile, type StackFile } from './welcome/stack-file.js';
export { welcome } from './welcome/welcome.js';
