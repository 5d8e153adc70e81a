// One line for each check as it ends, and one line of totals at the end.

const reasonCharactersMax = 300;
const detailLinesMax = 25;

export function createReport(write = (line) => console.log(line)) {
  const count = { passed: 0, failed: 0, skipped: 0 };
  return {
    count,
    ok(name, tookMs) {
      count.passed += 1;
      write(tookMs === undefined ? `ok ${name}` : `ok ${name} (${tookMs} ms)`);
    },
    notOk(name, reason, output = '') {
      count.failed += 1;
      write(`not ok ${name}: ${reason.slice(0, reasonCharactersMax)}`);
      for (const line of lines(output).slice(-detailLinesMax)) write(`  # ${line}`);
    },
    skip(name, reason) {
      count.skipped += 1;
      write(`skip ${name}: ${reason.slice(0, reasonCharactersMax)}`);
    },
    /** A test of somebody else's that expects what Leveret does not promise: no check of ours, and not counted. */
    leftOut(name, reason) {
      write(`left out ${name}: ${reason}`);
    },
    total() {
      write(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
    },
  };
}

/** Why a check failed, in one line: programs here print their reason last. */
export function reasonOf({ code, signal, timedOut, output }, timeoutMs) {
  if (timedOut) return `not done after ${timeoutMs / 1000} s`;
  const last = lines(output).at(-1);
  return last ?? (signal ? `killed by ${signal}` : `exit code ${code}`);
}

function lines(text) {
  return text.split('\n').filter((line) => line.trim() !== '');
}
