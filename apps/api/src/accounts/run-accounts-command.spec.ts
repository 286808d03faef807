import { describe, expect, it } from '@jest/globals';
import { accountsUsage, readAccountsCommand } from './run-accounts-command.js';

describe('the words of an accounts command', () => {
  it.each([
    [['create', 'demo']],
    [['list']],
    [['new-key', 'demo']],
    [['new-key', 'demo', 'read']],
    [['revoke', 'tt_abc']],
    [['disable', 'demo']],
    [['enable', 'demo']],
    [['limits', 'demo']],
    [['limit', 'demo', 'rows', '1000']],
  ])('%j are understood and documented', (words) => {
    expect(readAccountsCommand(words, 'http://127.0.0.1:8080')).not.toBeNull();
    expect(accountsUsage).toContain(`  ${words[0]}`);
  });

  it.each([
    [[]],
    [['create']],
    [['create', 'a', 'b']],
    [['list', 'a']],
    [['new-key']],
    [['new-key', 'demo', 'everything']],
    [['new-key', 'demo', 'read', 'write']],
    [['delete', 'demo']],
    [['demo']],
    [['limit', 'demo']],
    [['limit', 'demo', 'rows', 'many']],
  ])('%j are not', (words) => {
    expect(readAccountsCommand(words, 'http://127.0.0.1:8080')).toBeNull();
  });
});
