/**
 * The port that the journal is written to: numbered segments of bytes, written only at the end of the newest, read
 * anywhere. No file is assumed: the first implementation keeps segments in files, and a replicated log passes the same
 * suite. What the bytes mean is the business of the one who writes them.
 */
export interface Log {
  /** The numbers of the segments that are there, lowest first. What can be read from now on is on disk. */
  open(): Promise<readonly number[]>;

  /**
   * Begins segment `number`, higher than all before, with room for `bytes`; `header` is its beginning. What is appended next
   * goes there, behind the header. The segment is durable when the first synced append to it is; before that a crash may
   * leave it out, or leave anything in it. Behind what was appended a segment may hold anything: zeros, or what an
   * earlier segment held.
   */
  begin(number: number, bytes: number, header: Uint8Array): Promise<void>;

  /**
   * Appends to the segment begun last. One call is in flight at a time, and none while a segment is begun; the pieces must
   * stay unchanged until `done`, which is called later, never from within. With `sync` it is called when this and everything
   * appended before it, in earlier segments too, is on disk; without, when it is written.
   *
   * A failed append, begin or sync breaks the log for good: nothing is retried, since a system that failed to write bytes may
   * have forgotten them, and every later append and begin fails with the same error. What is there can still be read.
   */
  append(pieces: readonly Uint8Array[], sync: boolean, done: (error: Error | undefined) => void): void;

  /** Bytes of a segment, fewer at its end. */
  read(segment: number, at: number, length: number): Promise<Uint8Array>;

  /**
   * Keeps an index beside a segment that is no longer appended to, in place of one that is there. A crash may leave it out
   * or leave a part of it; an error leaves the log as it was, without the index. Nothing in the segment is lost by then.
   */
  writeIndex(segment: number, bytes: Uint8Array): Promise<void>;
  readIndex(segment: number): Promise<Uint8Array | undefined>;

  /**
   * The segment, not the newest, is needed no more. Resolves when it cannot come back; a crash before that may bring it back
   * as it was, with or without its index, which whoever opens the log has to bear.
   */
  remove(segment: number): Promise<void>;

  /** Takes a segment, not the newest, out of the log and keeps it for people to look at, under the name that is returned. */
  setAside(segment: number): Promise<string>;

  /** What the log occupies, with all that is kept beside the segments. */
  usedBytes(): number;

  /** Syncs what is appended, unless the log is broken, and lets go of it. No append is in flight. */
  close(): Promise<void>;
}

/** What it takes to read a log from its beginning. */
export type LogReader = Pick<Log, 'open' | 'read' | 'readIndex'>;

/** The length of the header given to `begin`, and so the offset of the first append. */
export const SEGMENT_HEADER_BYTES = 32;
