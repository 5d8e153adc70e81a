import { error, type Finding, megabytes, note, warning } from './finding.ts';
import type { DataFolder, MachineFacts } from './machine.ts';

/** Magic numbers of statfs(2). */
const IN_MEMORY: Readonly<Record<number, string>> = { 16914836: 'tmpfs', 2240043254: 'ramfs' };
const OVER_NETWORK: Readonly<Record<number, string>> = {
  26985: 'NFS',
  4283649346: 'SMB',
  4266872130: 'SMB',
  1702057286: 'FUSE',
};

/** Where connections are the first thing to run out. */
const OPEN_FILES_MIN = 4096;

export interface MemoryPlan {
  readonly availableBytes: number;
  readonly limitBytes: number;
  readonly cacheBytes: number;
  readonly diskFreeLimitBytes: number;
}

/** What can be seen of the machine that the broker runs on, or will. */
export function checkMachine(facts: MachineFacts, plan: MemoryPlan): readonly Finding[] {
  const { openFilesMax, userId, nodeVersion, data } = facts;
  const findings: Finding[] = [];
  if (userId === 0)
    findings.push(
      warning(
        'A broker that is started here runs as root, and needs none of what root may do: give it a user of its own.',
      ),
    );
  if (openFilesMax !== undefined && openFilesMax < OPEN_FILES_MIN) {
    findings.push(
      warning(
        `A process may have ${openFilesMax} files open, and every connection is one: raise the limit (ulimit -n, or LimitNOFILE in a unit).`,
      ),
    );
  }
  if (Number.parseInt(nodeVersion, 10) % 2 === 1) {
    findings.push(note(`Node.js ${nodeVersion} is of a line that gets no long-term support.`));
  }
  findings.push(...checkMemory(plan));
  if (data === undefined) findings.push(note('There is no data folder yet: the first start makes it.'));
  else findings.push(...checkData(data, plan));
  return findings;
}

function checkMemory({ availableBytes, limitBytes, cacheBytes }: MemoryPlan): readonly Finding[] {
  const findings: Finding[] = [];
  if (limitBytes > availableBytes * 0.9) {
    const sizes = `${megabytes(limitBytes)} of ${megabytes(availableBytes)}`;
    findings.push(
      error(
        `Publishers are held back only at ${sizes}: the system may end the broker before that. Lower memory_limit.`,
      ),
    );
  }
  if (cacheBytes > limitBytes * 0.9) {
    findings.push(
      warning(
        `The memory for messages (${megabytes(cacheBytes)}) leaves no room below memory_limit (${megabytes(limitBytes)}).`,
      ),
    );
  }
  return findings;
}

function checkData(
  { freeBytes, fileSystem, mode }: DataFolder,
  { diskFreeLimitBytes }: MemoryPlan,
): readonly Finding[] {
  const findings: Finding[] = [];
  const inMemory = IN_MEMORY[fileSystem];
  const overNetwork = OVER_NETWORK[fileSystem];
  if (inMemory !== undefined) {
    findings.push(error(`The data folder is on ${inMemory}, in memory: nothing in it outlives the machine.`));
  }
  if (overNetwork !== undefined) {
    findings.push(
      warning(
        `The data folder is on ${overNetwork}: each confirm waits for it, and its locks and syncs may not hold what they promise.`,
      ),
    );
  }
  if (freeBytes < diskFreeLimitBytes) {
    findings.push(
      error(
        `The disk has ${megabytes(freeBytes)} free, less than disk_free_limit (${megabytes(diskFreeLimitBytes)}): publishers are held back.`,
      ),
    );
  } else if (freeBytes < 2 * diskFreeLimitBytes) {
    findings.push(
      warning(
        `The disk has ${megabytes(freeBytes)} free; below ${megabytes(diskFreeLimitBytes)} publishers are held back.`,
      ),
    );
  }
  if ((mode & 0o007) !== 0) {
    findings.push(
      warning(`Others on this machine may look into the data folder (mode ${mode.toString(8)}): chmod 700 it.`),
    );
  }
  return findings;
}
