import { path, Refusal } from '../api.ts';
import { CtlError, EXIT, failure } from '../exit.ts';
import { numberOf } from '../json.ts';
import { isSet } from '../listing.ts';
import type { Verbs } from '../verb.ts';

export const QUEUE_VERBS: Verbs = {
  delete_queue: {
    words: '<queue>',
    sentence: 'Deletes a queue with its messages.',
    options: [
      { flags: '-e, --if-empty', sentence: 'Only if no messages are ready.' },
      { flags: '-u, --if-unused', sentence: 'Only if it has no consumers.' },
    ],
    run: async ({ api, output, vhost }, [queue = ''], flags) => {
      const ifEmpty = isSet(flags, 'ifEmpty');
      const ifUnused = isSet(flags, 'ifUnused');
      const conditions = [...(ifEmpty ? ['empty'] : []), ...(ifUnused ? ['unused'] : [])];
      const only = conditions.length === 0 ? '' : `if queue is ${conditions.join(' and ')} `;
      output.announce(`Deleting queue '${queue}' on vhost '${vhost}' ${only}...`);
      const url = path`/api/queues/${vhost}/${queue}`;
      try {
        const { messages_ready: ready } = await api.object(url);
        await api.delete(`${url}?${new URLSearchParams({ 'if-empty': `${ifEmpty}`, 'if-unused': `${ifUnused}` })}`);
        output.print(`Queue was successfully deleted with ${numberOf(ready)} ready messages`);
      } catch (error) {
        throw isMissing(error) ? failure(EXIT.usage, 'No such queue was found') : error;
      }
    },
  },
  purge_queue: {
    words: '<queue>',
    sentence: 'Removes all messages of a queue that are ready.',
    run: async ({ api, output, vhost }, [queue = '']) => {
      output.announce(`Purging queue '${queue}' in vhost '${vhost}' ...`);
      try {
        await api.delete(path`/api/queues/${vhost}/${queue}/contents`);
      } catch (error) {
        if (!isMissing(error)) throw error;
        throw new CtlError(EXIT.dataError, 'Object (queue, stream, exchange, etc) was not found');
      }
    },
  },
};

function isMissing(error: unknown): boolean {
  return error instanceof Refusal && error.status === 404;
}
