import { allCommands, type CommandFacts } from '../command_tree.ts';

/** fish offers what fits the condition of a line: which command is being typed. */
export function fishCompletion(root: CommandFacts): string {
  const all = allCommands(root);
  const known = all.slice(1).map(({ path }) => quoted(path));
  const lines = all.flatMap(({ path, children, options }) => {
    const at = `-n ${quoted(`__leveret_at ${quoted(path)}`)}`;
    const words = children.map(
      ({ name, sentence }) => `complete -c leveret ${at} -f -a ${name} -d ${quoted(sentence)}`,
    );
    const flags = options.map(({ short, long, required, optional, description }) => {
      const names = [
        ...(short === undefined ? [] : [`-s ${short.slice(1)}`]),
        ...(long === undefined ? [] : [`-l ${long.slice(2)}`]),
      ];
      const value = required || optional ? ' -r' : '';
      return `complete -c leveret ${at} ${names.join(' ')}${value} -d ${quoted(description)}`;
    });
    return [...words, ...flags];
  });
  return `# Completion of leveret for fish: put this into ~/.config/fish/completions/leveret.fish, or run
#   leveret completion fish | source
function __leveret_command
  set -l command leveret
  for word in (commandline -opc)[2..]
    if contains -- "$command $word" \\
      ${known.join(' \\\n      ')}
      set command "$command $word"
    end
  end
  echo $command
end
function __leveret_at
  test (__leveret_command) = "$argv"
end
${lines.join('\n')}
`;
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
