// Takes the programs out of the text of a tutorial page, as somebody following it would with the mouse:
//
//   receiver.py              the name of a program
//
//   复制代码                  "copy the code", the button above it
//    1 import time           the program, in some with the page's line numbers
//    2
//   复制代码                  the button below it
//
// A page that was cut at its beginning starts inside its first program, run together into one line with the numbers left in:
// "... 12 channel.queue_declare(...) 13 # a comment 14 ...". The lines before the first number that is whole are lost.

const button = '复制代码';

/** The programs in order: { name, source, lostLines }, where lostLines is how many lines the page cut at the start. */
export function programsOf(text) {
  const sections = text.replaceAll('\r', '').split(button);
  const programs = [];
  const cut = cutProgram(sections[0]);
  if (cut) programs.push(cut);
  for (let index = 1; index < sections.length; index += 1) {
    const name = /(?:^|\n)(\w+\.py)\s*$/.exec(sections[index - 1])?.[1];
    if (name) programs.push({ name, source: withoutNumbers(sections[index]), lostLines: 0 });
  }
  return programs;
}

/** The programs that belong together: a page names each pattern's first one sender.py or client.py. */
export function patternsOf(programs) {
  const patterns = [];
  for (const program of programs) {
    if (program.name === 'sender.py' || program.name === 'client.py') patterns.push([]);
    patterns.at(-1)?.push(program);
  }
  return patterns;
}

function withoutNumbers(section) {
  const lines = section.replace(/^\n+|\s+$/g, '').split('\n');
  const numbered = lines.every((line, index) => new RegExp(`^ *${index + 1}( |$)`).test(line));
  return `${lines.map((line) => (numbered ? line.replace(/^ *\d+ ?/, '') : line)).join('\n')}\n`;
}

function cutProgram(section) {
  const line = section.split('\n').findLast((text) => text.trim() !== '') ?? '';
  const first = / (\d+) \w/.exec(line);
  if (!first) return undefined;
  const lines = [];
  let number = Number(first[1]);
  const lostLines = number - 1;
  let rest = line.slice(first.index);
  while (rest.startsWith(` ${number} `)) {
    number += 1;
    const end = rest.indexOf(` ${number} `);
    const start = ` ${number - 1} `.length;
    lines.push(end < 0 ? rest.slice(start) : rest.slice(start, end));
    rest = end < 0 ? '' : rest.slice(end);
  }
  return { name: 'sender.py', source: `${lines.join('\n')}\n`, lostLines };
}

/** What a cut program must have begun with: its partner's opening, up to the channel, and the import that it alone uses. */
export function mend(program, partner) {
  const lines = partner.source.split('\n');
  const opening = lines.slice(0, lines.findIndex((line) => line.startsWith('channel = ')) + 1);
  const imports = program.source.includes('sys.') ? ['import sys'] : [];
  return { ...program, source: `${[...imports, ...opening].join('\n')}\n${program.source}` };
}
