import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkFiles, loadConfiguration } from '../../../src/config/load.ts';
import { OPTIONS } from '../../../src/config/options.ts';
import { shownSettings } from '../../../src/config/show.ts';
import { StartError } from '../../../src/lib/start_error.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'leveret-config-'));
  mkdirSync(join(folder, 'conf.d'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function problems(path: string, environment = {}): string[] {
  return checkFiles([path], environment).problems.map(({ line, text }) => `${line}: ${text}`);
}

test('a folder stands for its .conf files, by their names', () => {
  file('conf.d/20-b.conf', 'heartbeat = 20');
  file('conf.d/10-a.conf', 'heartbeat = 10\nchannel_max = 10');
  file('conf.d/README', 'not a setting');
  const { settings, files } = loadConfiguration({ config: join(folder, 'conf.d') }, {});
  expect(settings).toMatchObject({ heartbeatSeconds: 20, channelMax: 10 });
  expect(files).toEqual([join(folder, 'conf.d/10-a.conf'), join(folder, 'conf.d/20-b.conf')]);
});

test('included files count as if they stood there', () => {
  file('conf.d/a.conf', 'heartbeat = 2\nchannel_max = 2');
  const config = file('main.conf', 'heartbeat = 1\ninclude conf.d/*.conf\nchannel_max = 1\ninclude conf.d/*.none');
  const { settings, origins } = loadConfiguration({ config }, {});
  expect(settings).toMatchObject({ heartbeatSeconds: 2, channelMax: 1 });
  expect(origins).toMatchObject({ heartbeatSeconds: `${join(folder, 'conf.d/a.conf')}:1`, channelMax: `${config}:3` });
});

test('a file that includes itself, or one that is not there, is a mistake', () => {
  expect(problems(file('a.conf', 'include a.conf'))).toEqual([
    '1: include a.conf: files include each other too deeply.',
  ]);
  expect(problems(file('b.conf', '\ninclude c.conf'))).toEqual([
    `2: Cannot read the configuration file ${join(folder, 'c.conf')}: there is no such file.`,
  ]);
});

test('RabbitMQ_CONFIG_FILE and _FILES are read as RabbitMQ reads them', () => {
  file('rabbitmq.conf', 'heartbeat = 1\nchannel_max = 1');
  file('conf.d/a.conf', 'heartbeat = 2');
  const main = join(folder, 'rabbitmq');
  for (const more of [join(folder, 'conf.d'), join(folder, 'conf.d/*.conf')]) {
    const environment = { RABBITMQ_CONFIG_FILE: main, RABBITMQ_CONFIG_FILES: more };
    expect(loadConfiguration({}, environment).settings).toMatchObject({ heartbeatSeconds: 2, channelMax: 1 });
  }
  expect(loadConfiguration({}, { RABBITMQ_CONFIG_FILE: `${main}.conf` }).settings.heartbeatSeconds).toBe(1);
});

test('RabbitMQ_CONFIG_FILE need not be there, and counts for nothing beside a configuration of Leveret', () => {
  const environment = {
    RABBITMQ_CONFIG_FILE: join(folder, 'none'),
    RABBITMQ_CONFIG_FILES: join(folder, 'none/*.conf'),
  };
  expect(loadConfiguration({}, environment).files).toEqual([]);
  const rabbitmq = file('rabbitmq.conf', 'heartbeat = 1');
  const own = file('leveret.conf', 'channel_max = 1');
  const { settings } = loadConfiguration({}, { RABBITMQ_CONFIG_FILE: rabbitmq, LEVERET_CONFIG: own });
  expect(settings).toMatchObject({ heartbeatSeconds: 60, channelMax: 1 });
});

test("the variables of RabbitMQ's image are taken, and count less than Leveret's", () => {
  const environment = {
    RABBITMQ_DEFAULT_USER: 'a',
    RABBITMQ_DEFAULT_PASS: 'b',
    RABBITMQ_NODE_PORT: '5',
    LEVERET_PORT: '6',
  };
  const { settings, origins } = loadConfiguration({}, environment);
  expect(settings).toMatchObject({ defaultUser: 'a', defaultPass: 'b', port: 6 });
  expect(origins).toMatchObject({ defaultUser: 'environment variable RABBITMQ_DEFAULT_USER' });
});

test('$(name) is another key or an environment variable, $(<name) what a file says', () => {
  file('password', 'geheim\n');
  const content =
    'cluster_name = a\ndefault_user = $(cluster_name)-$( NAME )\ndefault_pass = $(<password)\ndata_dir = $(b';
  const { settings } = loadConfiguration({ config: file('a.conf', content) }, { NAME: 'n' });
  expect(settings).toMatchObject({ defaultUser: 'a-n', defaultPass: 'geheim', dataDir: '$(b' });
});

test('a reference that leads nowhere, or in a circle, is a mistake', () => {
  const content =
    'data_dir = $(NONE)\ndefault_user = $(cluster_name)\ncluster_name = $(default_user)\ndefault_pass = $(<none)';
  expect(problems(file('a.conf', content))).toEqual([
    '1: data_dir: $(NONE) is neither another key nor an environment variable.',
    '2: default_user: $(default_user) refers to itself.',
    '3: cluster_name: $(cluster_name) refers to itself.',
    `4: default_pass: the file ${join(folder, 'none')} cannot be read.`,
  ]);
});

test('keys that double each other do not use up the memory', () => {
  const lines = Array.from(
    { length: 60 },
    (_, index) => `cluster_tags.k${index} = $(cluster_tags.k${index + 1})$(cluster_tags.k${index + 1})`,
  );
  expect(problems(file('a.conf', [...lines, 'cluster_tags.k60 = x'].join('\n')))[0]).toMatch(
    /longer than 65536 characters/,
  );
  expect(problems(file('b.conf', [...lines, "cluster_tags.k60 = ''"].join('\n')))).toEqual([]);
});

test('every mistake is named, wherever it was made', () => {
  const config = file('a.conf', 'hertbeat = 1\nport = x');
  const message = [
    'environment variable LEVERET_HEARTBEAT: "y" is not accepted. Give a whole number from 0 to 65535, in seconds.',
    `${config}:1: "hertbeat" is not a key. Did you mean heartbeat?`,
    `${config}:2: port: "x" is not accepted. Give a whole number from 0 to 65535, or none.`,
  ].join('\n');
  const load = (): unknown => loadConfiguration({ config }, { LEVERET_HEARTBEAT: 'y' });
  expect(load).toThrow(expect.objectContaining({ code: 'option', message }));
});

test('whatever stands in a file, it is read or refused with sentences', () => {
  const key = fc.constantFrom(
    ...Object.values(OPTIONS).flatMap(({ key: own = 'events', rabbitmq = [] }) => [
      own,
      ...rabbitmq.map(({ pattern }) => pattern.replaceAll('$', '')),
    ]),
  );
  const piece = fc.constantFrom(
    '0',
    '1',
    '-',
    '.',
    '5672',
    ':',
    '%',
    'MB',
    'Ki',
    'none',
    'true',
    ',',
    '$(',
    ')',
    '<',
    "'",
    '#',
    'NAME',
    'heartbeat',
    '\\',
    '__proto__',
    ' ',
  );
  const line = fc.tuple(key, fc.array(piece, { maxLength: 5 })).map(([name, pieces]) => `${name} = ${pieces.join('')}`);
  fc.assert(
    fc.property(fc.array(fc.oneof({ weight: 9, arbitrary: line }, fc.string()), { maxLength: 5 }), (lines) => {
      const config = file('a.conf', lines.join('\n'));
      try {
        loadConfiguration({ config }, { NAME: 'x' });
      } catch (error) {
        expect(error).toBeInstanceOf(StartError);
        expect((error as StartError).message).toMatch(/^(.*: .*[.?](\n|$))+/);
      }
    }),
    { numRuns: 500 },
  );
});

test('a value with a line break is shown in one line', () => {
  const config = file('a.conf', "heartbeat = '$(no\nsuch)'\n");
  expect(() => loadConfiguration({ config }, {})).toThrow(/:1: heartbeat: \$\(no\\u000asuch\) is neither [^\n]*$/);
});

test('a file that is no configuration at all does not fill the screen', () => {
  const config = file('a.conf', 'x\n'.repeat(1000));
  expect(() => loadConfiguration({ config }, {})).toThrow(/:20: .*\n\.\.\. and 980 more\.$/);
});

test('a file that is too large is not read', () => {
  const config = file('a.conf', '#'.repeat(2 ** 20 + 1));
  expect(() => loadConfiguration({ config }, {})).toThrow(/it is larger than 1048576 bytes/);
});

test('what is shown can be read again, but for secrets', () => {
  const config = file(
    'a.conf',
    "default_user = 'a # b'' '\ndefault_pass = p\nloopback_users = a,b\nmemory_limit = 12%\nevents = on",
  );
  const first = loadConfiguration({ config }, {});
  const shown = shownSettings(first).filter(({ key }) => key !== 'default_pass');
  const content = shown.map(({ key, value }) => (value === undefined ? '' : `${key} = ${value}`)).join('\n');
  const again = loadConfiguration({ config: file('b.conf', content) }, {});
  const change = { config: undefined, defaultPass: undefined };
  expect({ ...again.settings, ...change }).toEqual({ ...first.settings, ...change });
  expect(shownSettings(first)).toContainEqual({ key: 'default_pass', value: '********', origin: `${config}:2` });
  expect(shownSettings(first)).toContainEqual({ key: 'port', value: '5672', origin: 'default' });
});

test('variables that RabbitMQ itself no longer takes are refused, not passed over', () => {
  const environment = { RABBITMQ_DEFAULT_PASS_FILE: '/run/secrets/password', RABBITMQ_SSL_CERTFILE: '' };
  expect(() => loadConfiguration({}, environment)).toThrow(
    "environment variable RABBITMQ_DEFAULT_PASS_FILE is not taken, as in RabbitMQ's image. Give default_pass = $(<FILE) in a file.",
  );
});

test('files of Erlang terms that RabbitMQ would read are warned of, unless they say nothing', () => {
  const main = file('rabbitmq.conf', 'heartbeat = 1');
  const warned = (environment = {}) =>
    loadConfiguration({}, { RABBITMQ_CONFIG_FILE: main, ...environment }).notes.map(({ path, kind }) => [path, kind]);
  const advanced = file('advanced.config', '%% nothing yet\n[\n].\n');
  expect(warned()).toEqual([]);
  file('advanced.config', '[{rabbit, [{crl_check, true}]}].');
  const classic = file('rabbitmq.config', '[{rabbit, [{loopback_users, []}]}].');
  const elsewhere = file('other.config', '[{rabbit, []}].');
  expect(warned({ RABBITMQ_ADVANCED_CONFIG_FILE: elsewhere })).toEqual([
    [elsewhere, 'missing'],
    [advanced, 'missing'],
    [classic, 'missing'],
  ]);
  expect(loadConfiguration({ config: main }, {}).notes).toEqual([]);
});
