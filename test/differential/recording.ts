import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/**
 * What the reference said, as text to read and to review: a file for each topic.
 *
 *     ## name of the conversation
 *     # the rule that it shows
 *     > 1 queue.declare {queue:'q', passive:true}
 *     < 1 channel.close {replyCode:404, ...}
 */
export type Recording = Map<string, { readonly rule: string; readonly lines: readonly string[] }>;

function pathOf(topic: string): URL {
  return new URL(`recorded/${topic}.txt`, import.meta.url);
}

export function readRecording(topic: string): Recording {
  const recording: Recording = new Map();
  if (!existsSync(pathOf(topic))) return recording;
  for (const section of readFileSync(pathOf(topic), 'utf8').split(/^## /m).slice(1)) {
    const [name = '', rule = '', ...lines] = section.trimEnd().split('\n');
    recording.set(name, { rule: rule.slice(2), lines });
  }
  return recording;
}

/** In the order of the conversations; what is no longer told is forgotten. */
export function writeRecording(topic: string, names: readonly string[], recording: Recording): void {
  const sections = names.flatMap((name) => {
    const told = recording.get(name);
    return told === undefined ? [] : [`## ${name}\n# ${told.rule}\n${told.lines.join('\n')}\n`];
  });
  writeFileSync(pathOf(topic), sections.join('\n'));
}
