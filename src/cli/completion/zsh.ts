import { allCommands, type CommandFacts } from '../command_tree.ts';
import { optionSentences } from './candidates.ts';

/** As in bash, with a sentence beside each word. */
export function zshCompletion(root: CommandFacts): string {
  const all = allCommands(root);
  const known = all.slice(1).map(({ path }) => quoted(path));
  const arms = all.map((facts) => {
    const words = [...facts.children.map(({ name, sentence }) => [name, sentence] as const), ...optionSentences(facts)];
    const described = words.map(([word, sentence]) => `      ${quoted(`${word.replaceAll(':', '\\:')}:${sentence}`)}`);
    return `    ${quoted(facts.path)}) candidates=(\n${described.join('\n')}\n    ) ;;`;
  });
  return `#compdef leveret
# Completion of leveret for zsh: put this into a file _leveret in a folder of $fpath, or run
#   source <(leveret completion zsh)
_leveret() {
  local command=leveret word
  local -a candidates
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$command $word" in
    ${known.join(' | \\\n    ')}) command="$command $word" ;;
    esac
  done
  case "$command" in
${arms.join('\n')}
  esac
  _describe leveret candidates || _files
}
if [[ "$funcstack[1]" == _leveret ]]; then _leveret "$@"; else compdef _leveret leveret; fi
`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
