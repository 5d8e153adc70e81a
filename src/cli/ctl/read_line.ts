import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { EXIT, failure } from './exit.ts';

/** One line of the standard input. On a terminal it is asked for, and what is typed does not show. */
export async function readLine(prompt: string): Promise<string> {
  const isTerminal = process.stdin.isTTY === true;
  if (isTerminal) process.stderr.write(prompt);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: isTerminal });
  try {
    for await (const line of lines) return line;
  } finally {
    lines.close();
    if (isTerminal) process.stderr.write('\n');
  }
  throw failure(EXIT.unavailable, 'not_enough_args: there is no password on the standard input');
}
