const secretPattern = /(?:sk|rk|pk)_(?:live|test)_|whsec_|_secret_/;

/** True for a text with a key or secret of Stripe's in it, which is then not kept, whoever sent it. */
export function holdsSecret(text: string): boolean {
  return secretPattern.test(text);
}
