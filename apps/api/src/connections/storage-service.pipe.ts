import type { PipeTransform } from '@nestjs/common';
import { type StorageService, storageServices } from '@tidetable/contracts';
import { badRequest, notFound, type Refusal } from '../http/refusal.js';

/** Lets the name of a storage service through, and refuses any other. */
class StorageServicePipe implements PipeTransform<string, StorageService> {
  constructor(private readonly refusal: () => Refusal) {}

  transform(value: string): StorageService {
    if (!isStorageService(value)) throw this.refusal();
    return value;
  }
}

/** Whether there is such a service. */
export function isStorageService(name: unknown): name is StorageService {
  return storageServices.includes(name as StorageService);
}

/** A service of ours: another one is not there. */
export const knownService = new StorageServicePipe(() => notFound('service'));

/** A service in CARTO's routes, where another one is a bad request. */
export const cartoService = new StorageServicePipe(() =>
  badRequest(`Invalid service: must be one of ${storageServices.join(', ')}.`),
);
