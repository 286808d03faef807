/** What a key opens, each one more than the one before it. */
export const keyScopes = ['read', 'write', 'admin'] as const;

export type KeyScope = (typeof keyScopes)[number];

/** Whether a key of one scope opens what needs another. */
export function opens(scope: KeyScope, needed: KeyScope): boolean {
  return keyScopes.indexOf(scope) >= keyScopes.indexOf(needed);
}

/** What a request needs by its method, where nothing else is said: looking is reading. */
export function scopeOfMethod(method: string): KeyScope {
  return method === 'GET' || method === 'HEAD' ? 'read' : 'write';
}
