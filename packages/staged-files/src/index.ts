export { isStagedFilesUrl, openStagedFileStore } from './open-staged-file-store.js';
export {
  StagedFileMissingError,
  type StagedFile,
  type StagedFileEntry,
  type StagedFileStore,
} from './staged-file-store.js';
