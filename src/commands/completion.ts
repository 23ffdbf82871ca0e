import { Argument, Command } from 'commander';
import { ConfigError } from '../model/errors.ts';
import { completeLine, type Completion } from './complete-line.ts';
import { helpAfter } from './help.ts';
import type { Invocation } from './invocation.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

/**
 * Scripts that the shells run when they start. Each calls the command on the line being completed, so the candidates
 * are those of the installed version. Without candidates, the shell completes files.
 */
const scripts: Readonly<Record<Shell, string>> = {
  bash: `_checkout_sync() {
  local IFS=$'\\n'
  COMPREPLY=($("\${COMP_WORDS[0]}" completion bash -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _checkout_sync checkout-sync
`,
  zsh: `#compdef checkout-sync
_checkout_sync() {
  local -a candidates
  candidates=("\${(@f)$("\${words[1]}" completion zsh -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "$candidates" ]]; then _describe candidate candidates; else _files; fi
}
if [[ $funcstack[1] == _checkout_sync ]]; then _checkout_sync "$@"; else compdef _checkout_sync checkout-sync; fi
`,
  fish: `function __checkout_sync
    set -l words (commandline -opc) (commandline -ct)
    set -l candidates ($words[1] completion fish -- $words[2..] 2>/dev/null)
    if set -q candidates[1]
        string join -- \\n $candidates
    else
        __fish_complete_path (commandline -ct)
    end
end
complete -c checkout-sync -f -a '(__checkout_sync)'
`,
};

/** Formats a candidate for a shell: zsh reads `value:description`, fish both with a tab between them. */
const lineFor: Readonly<Record<Shell, (completion: Completion) => string>> = {
  bash: ({ value }) => value,
  zsh: ({ value, description }) => `${value.replaceAll(':', String.raw`\:`)}:${description}`,
  fish: ({ value, description }) => `${value}\t${description}`,
};

/** Returns the command `completion`, which prints the script of a shell, or the candidates of a line. */
export const completionCommand = (invocation: Invocation): Command =>
  new Command('completion')
    .description('print a script that lets the shell complete commands, options, streams and accounts')
    .addArgument(new Argument('<shell>', 'shell to complete in').choices(SHELLS))
    .argument('[word...]', 'words of the command line, passed by the script: prints completions of the last one')
    .addHelpText(
      'after',
      helpAfter({
        examples: [
          ['checkout-sync completion bash >> ~/.bashrc', 'for bash'],
          ['checkout-sync completion zsh >> ~/.zshrc', 'for zsh, after the line with compinit'],
          ['checkout-sync completion fish > ~/.config/fish/completions/checkout-sync.fish', 'for fish'],
        ],
        page: 'docs/operations.md',
      }),
    )
    .action(async (shell: Shell, words: string[], _options: object, { parent }: Command) => {
      const completions = parent ? await completeLine(parent, words, valuesIn(invocation)) : [];
      invocation.stdout.write(
        words.length === 0 ? scripts[shell] : completions.map((one) => `${lineFor[shell](one)}\n`).join(''),
      );
    });

/** Returns the values of arguments and options that commander does not know, by name. */
const valuesIn = (invocation: Invocation) => ({
  stream: async () => Object.keys((await import('../sources/index.ts')).streamEntities),
  account: () => accountNames(invocation),
});

/**
 * Returns the names of accounts; none if the settings cannot be read: nobody wants an error in the middle of a line.
 */
async function accountNames({ environment }: Invocation): Promise<string[]> {
  const { readConfig } = await import('../config/config.ts');
  try {
    return [...new Set(readConfig(environment()).sources.map(({ account }) => account))];
  } catch (error) {
    if (error instanceof ConfigError) return [];
    throw error;
  }
}
