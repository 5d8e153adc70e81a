import { vi } from 'vitest';
import { run } from '../../src/cli/program.ts';

export interface CtlRun {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** Runs `leveret ctl` in this process, and catches what it prints. */
export async function ctl(url: string, ...words: readonly string[]): Promise<CtlRun> {
  const out = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((chunk) => {
      out[name] += String(chunk);
      return true;
    }),
  );
  const { exitCode } = process;
  process.exitCode = undefined;
  try {
    await run(['ctl', '--url', url, ...words]);
    return { ...out, code: Number(process.exitCode ?? 0) };
  } finally {
    process.exitCode = exitCode;
    for (const spy of spies) spy.mockRestore();
  }
}
