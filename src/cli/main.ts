import './heap.ts';
import { run } from './program.ts';

const words = process.argv.slice(2);

// What prints into a pipe, such as one to head, ends when nobody reads on; a broker's log is its logger's matter.
if (words[0] !== 'start') {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
}

await run(words);
