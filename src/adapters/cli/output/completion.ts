import type { Command } from 'commander';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

type Choice = { readonly flag: string; readonly choices: readonly string[]; readonly takesFile: boolean };
type Completed = {
  readonly name: string;
  readonly summary: string;
  readonly flags: readonly { readonly flag: string; readonly purpose: string }[];
  /** of options, and under the flag '' of the argument */
  readonly values: readonly Choice[];
};

/** The script that makes a shell complete a program: made from what the program itself knows of its commands. */
export function completionOf(program: Command, shell: Shell): string {
  const commands = program.commands.map(completedOf);
  switch (shell) {
    case 'bash':
      return bashScript(program.name(), commands);
    case 'zsh':
      // Its own emulation of bash's completion: one script to keep right.
      return `#compdef ${program.name()}\nautoload -U +X bashcompinit && bashcompinit\n${bashScript(program.name(), commands)}`;
    case 'fish':
      return fishScript(program.name(), commands);
    default:
      return shell satisfies never;
  }
}

function completedOf(command: Command): Completed {
  const flags = command.options.flatMap(({ long, description }) =>
    typeof long === 'string' ? [{ flag: long, purpose: description }] : [],
  );
  const ofOptions = command.options.flatMap((option): Choice[] => {
    if (typeof option.long !== 'string' || !(option.required || option.optional)) return [];
    const takesFile = option.flags.includes('<file>');
    return [{ flag: option.long, choices: option.argChoices ?? [], takesFile }];
  });
  const ofArguments = command.registeredArguments.map((argument): Choice => {
    return { flag: '', choices: argument.argChoices ?? [], takesFile: argument.name() === 'file' };
  });
  const help = { flag: '--help', purpose: 'show help' };
  return {
    name: command.name(),
    summary: command.summary(),
    flags: [...flags, help],
    values: [...ofOptions, ...ofArguments],
  };
}

function bashScript(program: string, commands: readonly Completed[]): string {
  const name = `_${program.replaceAll('-', '_')}`;
  const cases = commands.flatMap((command) => [
    ...command.values.filter(({ flag }) => flag !== '').map((value) => bashValue(command.name, value)),
    `    ${command.name},*) words='${[...command.flags.map(({ flag }) => flag), ...argumentChoices(command)].join(' ')}' ;;`,
  ]);
  return `${name}() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command=\${COMP_WORDS[1]} words
  if [ "$COMP_CWORD" = 1 ]; then command='' previous=''; fi
  case "$command,$previous" in
    ,) words='${commands.map((command) => command.name).join(' ')} help' ;;
${cases.join('\n')}
    *) return ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F ${name} ${program}`;
}

function bashValue(command: string, { flag, choices, takesFile }: Choice): string {
  if (takesFile) return `    ${command},${flag}) COMPREPLY=($(compgen -f -- "$current")); return ;;`;
  return `    ${command},${flag}) words='${choices.join(' ')}' ;;`;
}

function argumentChoices({ values }: Completed): readonly string[] {
  return values.filter(({ flag }) => flag === '').flatMap(({ choices }) => choices);
}

function fishScript(program: string, commands: readonly Completed[]): string {
  const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const lines = commands.flatMap((command) => {
    const isUsed = `-n ${quoted(`__fish_seen_subcommand_from ${command.name}`)}`;
    const values = new Map(command.values.map((value) => [value.flag, value]));
    const options = command.flags.map(({ flag, purpose }) => {
      const value = values.get(flag);
      const taken =
        value === undefined ? '' : ` -r${value.takesFile ? ' -F' : ` -f -a ${quoted(value.choices.join(' '))}`}`;
      return `complete -c ${program} ${isUsed} -l ${flag.slice(2)}${taken} -d ${quoted(purpose)}`;
    });
    const choices = argumentChoices(command);
    const argument =
      choices.length === 0 ? [] : [`complete -c ${program} ${isUsed} -f -a ${quoted(choices.join(' '))}`];
    return [
      `complete -c ${program} -n __fish_use_subcommand -f -a ${command.name} -d ${quoted(command.summary)}`,
      ...options,
      ...argument,
    ];
  });
  return lines.join('\n');
}
