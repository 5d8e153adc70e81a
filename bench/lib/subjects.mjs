// What is measured: one broker or two, each with a name, a url and, where it is a build of Leveret, its folder.

import { checkOut } from './commits.mjs';
import { startDaemon } from './daemon.mjs';

/** Calls `measure` with the subjects, and stops and removes whatever was started for it, whatever happens. */
export async function withSubjects({ url, compare, commits, load }, measure) {
  const undo = [];
  try {
    const subjects = [];
    for (const commit of commits ?? [url === undefined ? '.' : undefined]) {
      if (commit === undefined) break;
      const build = checkOut(commit);
      undo.push(build.remove);
      const { name, folder } = build;
      if (!load) {
        subjects.push({ name, folder });
        continue;
      }
      const daemon = await startDaemon(folder, { tls: true });
      undo.push(daemon.stop);
      subjects.push({ name, folder, url: daemon.url, tlsUrl: daemon.tlsUrl });
    }
    for (const address of [url, compare]) {
      if (address !== undefined) subjects.push({ name: new URL(address).host, url: address });
    }
    return await measure(subjects);
  } finally {
    for (const step of undo.reverse()) await step();
  }
}
