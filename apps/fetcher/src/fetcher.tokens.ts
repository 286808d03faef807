/** What Nest can't find by class, because it is made before the container or is no class. */
export const connections = Symbol('connections');
export const credentials = Symbol('credentials');
export const bus = Symbol('bus');
export const delivery = Symbol('delivery');
export const environment = Symbol('environment');
export const logger = Symbol('logger');
export const metrics = Symbol('metrics');
export const push = Symbol('push');
export const ports = Symbol('ports');
export const scheduler = Symbol('scheduler');
export const store = Symbol('store');
