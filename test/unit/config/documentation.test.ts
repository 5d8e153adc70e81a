import { expect, test } from 'vitest';
import { configurationPage } from '../../../src/config/documentation.ts';

test('docs/configuration.md is what the table of options says', async () => {
  await expect(configurationPage()).toMatchFileSnapshot('../../../docs/configuration.md');
});
