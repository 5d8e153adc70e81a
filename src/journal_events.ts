import type { OpenEvents } from './journal/open.ts';
import type { Logger } from './server/logger.ts';

/** What a virtual host's journal has to tell the operator. */
export function journalEvents(logger: Logger, vhost: string, onFailure: () => void): OpenEvents {
  return {
    failed: (error) => {
      logger.error(
        { vhost, err: error },
        'the journal failed: nothing persistent is taken any more, restart when it is mended',
      );
      onFailure();
    },
    pageLost: (segment, messages) => {
      const lost = Object.fromEntries(messages);
      logger.error({ vhost, segment, lost }, 'damage in the journal: messages are lost');
    },
    setAside: (segment, name) => logger.warn({ vhost, segment, name }, 'a damaged segment was set aside'),
    housekeepingFailed: (error) =>
      logger.warn({ vhost, err: error }, 'winning back disk space failed, nothing is lost'),
    found: (finding, missing) => {
      if (finding.kind === 'damage') {
        const fields = { vhost, ...finding, missing: Object.fromEntries(missing) };
        logger.error(fields, 'damage in the journal: the rest is served');
      } else {
        logger.info({ vhost, ...finding }, 'the journal ends in a write that was cut short: it was cut off');
      }
    },
  };
}
