/** Why a command about accounts was not carried out: a sentence for whoever typed it. */
export class AccountsError extends Error {
  override readonly name = 'AccountsError';
}
