import { compilePattern } from '../lib/pattern.ts';

/** What a password has to be like: as many bytes at least, or matched by a regular expression. */
export type CredentialValidator = { readonly minLength: number } | { readonly regexp: string };

/** What is wrong with a password that somebody is to have, in RabbitMQ's words; undefined if nothing is. */
export type PasswordProblem = (password: string) => string | undefined;

/** Rejects with a PatternError. */
export async function passwordProblem(validator: CredentialValidator | undefined): Promise<PasswordProblem> {
  if (validator === undefined) return () => undefined;
  if ('minLength' in validator) {
    const { minLength } = validator;
    const problem = `minimum required password length is ${minLength}`;
    return (password) => (Buffer.byteLength(password) >= minLength ? undefined : problem);
  }
  // Not as permissions are compiled, which remember what they have matched.
  const pattern = await compilePattern(validator.regexp);
  const problem = 'provided password does not match the validator regular expression';
  return (password) => (pattern.matches(password) ? undefined : problem);
}
