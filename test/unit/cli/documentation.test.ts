import { expect, test } from 'vitest';
import { cliPage } from '../../../src/cli/documentation.ts';
import { wholeProgram } from '../../../src/cli/program.ts';

test('docs/cli.md is what the commands say', async () => {
  await expect(cliPage(await wholeProgram())).toMatchFileSnapshot('../../../docs/cli.md');
});
