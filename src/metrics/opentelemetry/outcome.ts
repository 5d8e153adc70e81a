import type { PushMetricExporter } from '@opentelemetry/sdk-metrics';
import type { Logger } from '../../server/logger.ts';

/** Has an exporter tell the log when sending begins to fail, and when it works again. */
export function tellOutcome(exporter: PushMetricExporter, logger: Logger, to: string): void {
  const url = shown(to);
  const send = exporter.export.bind(exporter);
  let failing = false;
  exporter.export = (metrics, done) =>
    send(metrics, (result) => {
      const failed = result.code !== 0;
      if (failed && !failing) logger.warn({ url, reason: result.error?.message }, 'metrics cannot be sent');
      if (!failed && failing) logger.info({ url }, 'metrics are sent again');
      failing = failed;
      done(result);
    });
}

/** Without what may be secret in it. */
function shown(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}
