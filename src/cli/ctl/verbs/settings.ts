import { informationUnit, rabbitLogLevel } from '../../../config/rabbitmq_types.ts';
import { path } from '../api.ts';
import { EXIT, failure, UsageError } from '../exit.ts';
import type { JsonObject } from '../json.ts';
import { nodeFacts } from '../node.ts';
import type { Context, Verbs } from '../verb.ts';

const BYTES = informationUnit(0);
const LEVEL = rabbitLogLevel();
const UNTIL = 'Counts until the broker starts again, or reads its configuration again.';

/** What can be changed while the broker runs. */
export const SETTING_VERBS: Verbs = {
  set_vm_memory_high_watermark: {
    words: '<fraction> [bytes]',
    sentence: 'Sets the memory limit: a fraction of the memory there is, or `absolute` and a size such as 2GB.',
    details: UNTIL,
    run: async (context, [first = '', second]) => {
      const isAbsolute = first === 'absolute';
      const memory_limit = isAbsolute ? absolute(second) : relative(first, second, 1);
      await change(context, { memory_limit }, (name) =>
        isAbsolute
          ? `Setting memory threshold on ${name} to ${second} bytes ...`
          : `Setting memory threshold on ${name} to ${first} ...`,
      );
    },
  },
  set_disk_free_limit: {
    words: '<limit> [fraction]',
    sentence: 'Sets the free disk below which publishers are held: a size such as 2GB, or `mem_relative` and a number.',
    details: UNTIL,
    run: async (context, [first = '', second]) => {
      const isRelative = first === 'mem_relative';
      const disk_free_limit = isRelative ? relative(second, undefined) : absolute(first, second);
      await change(context, { disk_free_limit }, (name) =>
        isRelative
          ? `Setting disk free limit on ${name} to ${second} times the total RAM ...`
          : `Setting disk free limit on ${name} to ${first} bytes ...`,
      );
    },
  },
  set_log_level: {
    words: '<level>',
    sentence: 'Sets the least severe level that is logged: debug, info, warning, error, critical or none.',
    details: UNTIL,
    run: async (context, [level = '']) => {
      const log_level = LEVEL.parse(level);
      if (log_level === undefined) {
        const levels = 'debug, info, warning, error, critical, none';
        throw failure(EXIT.unavailable, `level ${level} is not supported. Try one of ${levels}`);
      }
      await change(context, { log_level }, () => `Setting log level to "${level}" ...`);
    },
  },
};

async function change(context: Context, settings: JsonObject, sentence: (node: string) => string): Promise<void> {
  const { name } = await nodeFacts(context);
  context.output.announce(sentence(name));
  await context.api.put(path`/api/nodes/${name}/settings`, settings);
}

function absolute(size: string | undefined, excess?: string): JsonObject {
  if (size === undefined) throw new UsageError('not enough arguments.');
  if (excess !== undefined) throw new UsageError('too many arguments.');
  const parsed = BYTES.parse(size);
  if (parsed === undefined || !('bytes' in parsed)) throw new UsageError('Bad argument.', EXIT.dataError);
  return { absolute: parsed.bytes };
}

function relative(fraction: string | undefined, excess: string | undefined, max?: number): JsonObject {
  if (fraction === undefined) throw new UsageError('not enough arguments.');
  if (excess !== undefined) throw new UsageError('too many arguments.');
  if (!/^\d{1,6}(\.\d{1,15})?$/.test(fraction)) throw new UsageError('Bad argument.', EXIT.dataError);
  if (max !== undefined && Number(fraction) > max) {
    const why = 'Bad argument: The threshold should be a fraction between 0.0 and 1.0';
    throw new UsageError(why, EXIT.dataError);
  }
  return { relative: Number(fraction) };
}
