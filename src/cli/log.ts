import { type DestinationStream, destination, type Logger, pino, stdTimeFunctions } from 'pino';
import type { Configuration } from '../config/load.ts';
import type { LogFormat, LogLevel } from '../config/options.ts';
import { printable } from '../lib/printable.ts';

export interface Log {
  readonly logger: Logger;
  readonly format: Exclude<LogFormat, 'auto'>;
}

/** The daemon's log, one line per event on standard output, written before the call returns: a process may end on it. */
export async function openLog(level: LogLevel, wanted: LogFormat): Promise<Log> {
  const format = wanted === 'auto' ? (process.stdout.isTTY ? 'pretty' : 'json') : wanted;
  const stdout = destination({ fd: 1, sync: true });
  const stream = format === 'pretty' ? await prettyStream(stdout) : stdout;
  const logger = pino(
    { level, base: null, timestamp: stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } },
    stream,
  );
  return { logger, format };
}

/** What was given and has no effect. */
export function logNotes({ notes }: Configuration, log: Log): void {
  for (const { path, line, kind, text } of notes) {
    const sentence = `${path}:${line}: ${text}`;
    if (kind === 'missing') log.logger.warn(sentence);
    else log.logger.info(sentence);
  }
}

/** Loaded only where it is used. */
async function prettyStream(stdout: DestinationStream): Promise<DestinationStream> {
  const { prettyFactory } = await import('pino-pretty');
  const pretty = prettyFactory({
    colorize: process.stdout.isTTY && !process.env['NO_COLOR'],
    translateTime: 'SYS:HH:MM:ss.l',
    singleLine: true,
    messageFormat: (fields, key, _level, { colors }) => colors.cyan(printable(`${fields[key] ?? ''}`)),
  });
  return { write: (line) => stdout.write(pretty(line) ?? line) };
}
