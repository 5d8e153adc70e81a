import { allCommands, type CommandFacts } from '../command_tree.ts';
import { flagsOf } from './candidates.ts';

/** A function that finds which command is being typed, and offers what can follow it; file names where nothing fits. */
export function bashCompletion(root: CommandFacts): string {
  const all = allCommands(root);
  const known = all.slice(1).map(({ path }) => `'${path}'`);
  const arms = all.map((facts) => {
    const words = [...facts.children.map(({ name }) => name), ...flagsOf(facts)];
    return `    '${facts.path}') candidates='${words.join(' ')}' ;;`;
  });
  return `# Completion of leveret for bash: put this into a file that ~/.bashrc sources, or run
#   source <(leveret completion bash)
_leveret() {
  local command=leveret candidates='' word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$command $word" in
    ${known.join(' | \\\n    ')}) command="$command $word" ;;
    esac
  done
  case "$command" in
${arms.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$candidates" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _leveret leveret
`;
}
