import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export type ChildProcess = {
  readonly server: { readonly pid: number };
  kill(signal: NodeJS.Signals): void;
};

/** A Node process of its own that has started a server in this folder and does nothing more. */
export async function startInChildProcess(folder: string): Promise<ChildProcess> {
  const program = fileURLToPath(new URL('./childProgram.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', program, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])) as unknown[];
  const pid = Number(String(line));
  if (!(pid > 0)) throw new Error(`the child process started no server: ${String(line)}`);
  return { server: { pid }, kill: (signal) => child.kill(signal) };
}

/** Whether there is such a process, and it runs: in a container whose first process waits for nobody, an orphan stays listed. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
