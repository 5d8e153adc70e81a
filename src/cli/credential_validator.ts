import type { Settings } from '../config/options.ts';
import type { CredentialValidator } from '../index.ts';
import { StartError } from '../lib/start_error.ts';

/** What the settings ask of passwords; undefined if nothing. Throws a StartError. */
export function credentialValidator(settings: Settings): CredentialValidator | undefined {
  const { credentialMinLength: minLength, credentialRegexp: regexp } = settings;
  switch (settings.credentialValidator) {
    case 'accept_everything':
      return undefined;
    case 'min_password_length':
      return { minLength };
    case 'password_regexp':
      if (regexp !== undefined) return { regexp };
      throw new StartError(
        'option',
        'To match passwords takes what they should match: credential_validator.regexp is missing.',
      );
  }
}
