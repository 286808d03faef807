const keyForm = /^[A-Za-z0-9-]{1,128}$/;
const scheme = 'staged:';

/** Whether a name could be a key. */
export function isStagedFileKey(name: string): boolean {
  return keyForm.test(name);
}

/** The URI of the file of a key. @throws TypeError when the key has another form: it could lead out of the store. */
export function stagedFileUri(key: string): string {
  if (!isStagedFileKey(key)) throw new TypeError('a staged file key is 1 to 128 letters, digits and hyphens');
  return scheme + key;
}

/** The key in a URI. @throws TypeError when it is not the URI of a staged file. */
export function stagedFileKey(uri: string): string {
  const key = uri.startsWith(scheme) ? uri.slice(scheme.length) : '';
  if (!isStagedFileKey(key)) throw new TypeError('a staged file URI is "staged:" and a key');
  return key;
}
