import { describe, expect, it } from '@jest/globals';
import { parseAccount } from './unprivileged-user.js';

const accounts = [
  'root:x:0:0:root:/root:/bin/bash',
  'nobody:*:-2:-2:Unprivileged:/var/empty:/usr/bin/false',
  'postgres:x:101:104:PostgreSQL:/var/lib/postgresql:/bin/bash',
].join('\n');

describe('parseAccount', () => {
  it('finds a user by its name', () => {
    expect(parseAccount(accounts, 'postgres')).toEqual({ uid: 101, gid: 104 });
  });

  it.each(['root', 'nobody', 'nats'])('finds no unprivileged user %s here', (name) => {
    expect(parseAccount(accounts, name)).toBeUndefined();
  });
});
