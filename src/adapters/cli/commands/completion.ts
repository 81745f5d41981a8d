import { Argument, Command } from 'commander';
import { completionOf, shells } from '../output/completion.ts';
import type { Shell } from '../output/completion.ts';
import type { Cli, JsonFlag } from '../parts/cli.ts';
import { action, printResult } from '../parts/cli.ts';
import { exitCodes } from '../parts/exitCodes.ts';
import { examples, jsonOption } from '../parts/options.ts';

/** `completion SHELL`: prints what makes a shell complete this program's commands and options. */
export function completionCommand(cli: Cli): Command {
  const command = new Command('completion');
  return command
    .summary('print the completion script of a shell')
    .description('Prints a script that makes a shell complete commands, options and their values.')
    .addArgument(new Argument('<shell>', 'your shell').choices(shells))
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        ['completion bash >> ~/.bashrc', 'bash'],
        ['completion zsh > "${fpath[1]}/_attach-payment-method"', 'zsh'],
        ['completion fish > ~/.config/fish/completions/attach-payment-method.fish', 'fish'],
      ),
    )
    .action(
      action(cli, async (shell: Shell, flags: JsonFlag) => {
        const script = completionOf(command.parent ?? command, shell);
        await printResult(cli, flags, { value: { shell, script }, lines: [script] });
        return exitCodes.fine;
      }),
    );
}
