import { join } from 'node:path';
import { SegmentLog } from '../../src/journal/segment_log.ts';
import { indexName, segmentName } from '../../src/journal/segment_names.ts';
import { ManualClock } from '../../src/lib/clock.ts';
import { ForgetfulDisk } from './forgetful_disk.ts';
import { JournalHost, type JournalHostOptions } from './journal_host.ts';

const DIR = '/log';

/** A journal on a disk in memory, whose files can be taken away, changed and opened again. */
export class JournalFiles {
  readonly clock: ManualClock = new ManualClock();
  disk: ForgetfulDisk = new ForgetfulDisk();
  #host: JournalHost | undefined;

  /** The process before, if there was one, is no more. */
  async open(options: Partial<JournalHostOptions> = {}): Promise<JournalHost> {
    this.kill();
    this.clock.advance(1);
    const { clock, disk } = this;
    const log = new SegmentLog({ disk, dir: DIR, clock, segmentBytes: options.segmentBytes ?? 1024 });
    this.#host = await JournalHost.open({ log, clock, ...options });
    return this.#host;
  }

  kill(): void {
    this.#host?.kill();
    this.#host = undefined;
    this.disk = this.disk.crash();
  }

  async names(): Promise<readonly string[]> {
    return [...(await this.disk.list(DIR))].sort();
  }

  segment(number: number): Promise<Uint8Array> {
    return this.read(segmentName(number));
  }

  setSegment(number: number, bytes: Uint8Array): Promise<void> {
    return this.write(segmentName(number), bytes);
  }

  setIndex(number: number, bytes: Uint8Array): Promise<void> {
    return this.write(indexName(number), bytes);
  }

  async read(name: string): Promise<Uint8Array> {
    const file = await this.disk.open(join(DIR, name), 'read');
    return file.read(0, await this.disk.size(join(DIR, name)));
  }

  /** In place of the file of that name. */
  async write(name: string, bytes: Uint8Array): Promise<void> {
    const path = join(DIR, name);
    await this.remove(name);
    const file = await this.disk.open(path, 'create');
    file.writeNow([bytes], 0);
    await file.close();
  }

  async remove(name: string): Promise<void> {
    if ((await this.names()).includes(name)) await this.disk.remove(join(DIR, name));
  }

  async all(): Promise<ReadonlyMap<string, Uint8Array>> {
    const files = new Map<string, Uint8Array>();
    for (const name of await this.names()) files.set(name, await this.read(name));
    return files;
  }

  /** Other files, at the same time. */
  static async of(files: ReadonlyMap<string, Uint8Array>, clock: ManualClock): Promise<JournalFiles> {
    const copy = new JournalFiles();
    copy.clock.advance(clock.monotonicMs());
    for (const [name, bytes] of files) await copy.write(name, bytes);
    return copy;
  }
}
