import { type Configuration, loadConfiguration } from '../config/load.ts';
import { OPTIONS, SETTING_NAMES, type SettingName, type Settings } from '../config/options.ts';
import type { Flags } from '../config/resolve.ts';
import { shownValue } from '../config/show.ts';
import type { Broker } from '../index.ts';
import { StartError } from '../lib/start_error.ts';
import { brokerOptions } from './broker_options.ts';
import { type Log, logNotes } from './log.ts';

/** At SIGHUP the configuration is read again: what can change while the broker runs does, and the log tells what cannot. */
export function reloadOnHangup(flags: Flags, log: Log, broker: Broker, started: Settings): void {
  let settings = started;
  let done = Promise.resolve();
  process.on('SIGHUP', () => {
    done = done.then(async () => {
      settings = await reload(flags, log, broker, settings);
    });
  });
}

/** The settings that the broker runs with from now on. */
async function reload(flags: Flags, log: Log, broker: Broker, current: Settings): Promise<Settings> {
  let configuration: Configuration;
  try {
    configuration = loadConfiguration(flags, process.env);
    await broker.reloadCertificates();
    await broker.reconfigure(brokerOptions(configuration.settings));
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    log.logger.error({ mistakes: error.message.split('\n') }, 'the configuration stays as it was');
    return current;
  }
  const { settings, files } = configuration;
  const changed = SETTING_NAMES.filter((name) => JSON.stringify(settings[name]) !== JSON.stringify(current[name]));
  const live = changed.filter((name) => OPTIONS[name].reload);
  // A change of level is told at the more talkative of the two, or it might not be heard of.
  const { values } = log.logger.levels;
  const becomesQuieter = (values[settings.logLevel] ?? Number.POSITIVE_INFINITY) > (values[current.logLevel] ?? 0);
  if (!becomesQuieter) log.logger.level = settings.logLevel;
  logNotes(configuration, log);
  for (const name of changed) tellOf(name, log, current, settings);
  log.logger.info({ config: files, changed: live.length }, 'the configuration was read again');
  log.logger.level = settings.logLevel;
  return { ...current, ...Object.fromEntries(live.map((name) => [name, settings[name]])) };
}

function tellOf(name: SettingName, log: Log, current: Settings, next: Settings): void {
  const { key, flag, reload: isLive } = OPTIONS[name];
  const fields = { setting: key ?? flag, from: shownValue(name, current), to: shownValue(name, next) };
  if (isLive) log.logger.info(fields, 'a setting changed');
  else log.logger.warn(fields, 'a setting needs a restart to change');
}
