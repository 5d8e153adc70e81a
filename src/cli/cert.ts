import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { StartError } from '../lib/start_error.ts';
import { makeDevCertificates, type PemPair } from './dev_certificates.ts';

export interface CertFlags {
  readonly out: string;
  readonly host: readonly string[];
  readonly client: string;
}

const ALWAYS = ['localhost', '127.0.0.1', '::1'];
const KEY_MODE = 0o600;

/** Writes ca, server and client (.pem and .key) to a folder, and says how to use them. */
export async function dev({ out, host, client }: CertFlags): Promise<void> {
  try {
    await mkdir(out, { recursive: true });
    const hosts = [...new Set([...host, ...ALWAYS, hostname()])];
    const earlier = await readPair(out, 'ca');
    const made = makeDevCertificates({ hosts, clientName: client, authority: earlier, now: new Date() });
    if (earlier === undefined) await writePair(out, 'ca', made.authority);
    await writePair(out, 'server', made.server);
    await writePair(out, 'client', made.client);
    process.stdout.write(explanation(out, hosts, client, earlier !== undefined));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new StartError('certificate', `Cannot make certificates in ${out}: ${code ?? message}.`);
  }
}

/** Undefined when both files are missing; half an authority is a mistake to tell. */
async function readPair(folder: string, name: string): Promise<PemPair | undefined> {
  const [cert, key] = await Promise.all(
    ['pem', 'key'].map((ending) =>
      readFile(join(folder, `${name}.${ending}`), 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw error;
      }),
    ),
  );
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) throw new Error(`of ${name}.pem and ${name}.key one is missing`);
  return { cert, key };
}

async function writePair(folder: string, name: string, { cert, key }: PemPair): Promise<void> {
  await writeFile(join(folder, `${name}.pem`), cert);
  await writeFile(join(folder, `${name}.key`), key, { mode: KEY_MODE });
}

function explanation(out: string, hosts: readonly string[], client: string, again: boolean): string {
  const file = (name: string): string => join(out, name);
  return `${again ? 'Used the authority of' : 'Made an authority in'} ${out}, and certificates for trying out:

  ${file('ca.pem')}      believe this one in clients
  ${file('server.pem')}  the broker, as ${hosts.join(', ')}
  ${file('client.pem')}  the user ${client}

Start the broker:

  leveret start --tls-port 5671 --tls-certfile ${file('server.pem')} --tls-keyfile ${file('server.key')} --tls-cacertfile ${file('ca.pem')}

Look at what it answers:

  openssl s_client -connect localhost:5671 -CAfile ${file('ca.pem')}

Whoever has ${file('ca.key')} can make certificates that your clients believe: keep it to yourself.
`;
}
