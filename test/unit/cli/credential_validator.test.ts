import { expect, test } from 'vitest';
import { credentialValidator } from '../../../src/cli/credential_validator.ts';
import { loadSettings } from '../../../src/config/load.ts';
import type { Flags } from '../../../src/config/resolve.ts';

test.each<[Flags, unknown]>([
  [{}, undefined],
  [{ credentialMinLength: '8' }, undefined],
  [{ credentialValidator: 'min_password_length' }, { minLength: 5 }],
  [
    { credentialValidator: 'rabbit_credential_validator_min_password_length', credentialMinLength: '8' },
    { minLength: 8 },
  ],
  [{ credentialValidator: 'rabbit_credential_validator_password_regexp', credentialRegexp: '^x' }, { regexp: '^x' }],
  [{ credentialValidator: 'rabbit_credential_validator_accept_everything', credentialRegexp: '^x' }, undefined],
])('what the settings ask of passwords: %o', (flags, asked) => {
  expect(credentialValidator(loadSettings(flags, {}))).toEqual(asked);
});

test('passwords cannot be matched by nothing', () => {
  const settings = loadSettings({ credentialValidator: 'password_regexp' }, {});
  expect(() => credentialValidator(settings)).toThrow('credential_validator.regexp is missing.');
});
