import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import type { Job, Report } from '../jobs.ts';

/** What a worker that never answers is taken for. */
export class WorkerLost extends Error {}

/** One process that lives lives, so that another may live others at the same time. */
export class Worker {
  readonly #child: ChildProcess;

  constructor(bundlePath: string) {
    // Lives are short and leave much behind: a large nursery is emptied seldom, and no second core is used for it.
    const execArgv = ['--single-threaded-gc', '--max-semi-space-size=64'];
    this.#child = fork(bundlePath, { execArgv, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  }

  /** Runs one job. Throws `WorkerLost` where the process ends, or takes longer than this. */
  run(job: Job, limitMs?: number): Promise<Report> {
    return new Promise((resolve, reject) => {
      const timer = limitMs === undefined ? undefined : setTimeout(() => lost(`no end after ${limitMs} ms`), limitMs);
      const settle = () => {
        clearTimeout(timer);
        this.#child.removeAllListeners();
      };
      const lost = (why: string) => {
        settle();
        this.stop();
        reject(new WorkerLost(`A worker was lost: ${why}.`));
      };
      this.#child.once('message', (report) => {
        settle();
        resolve(report as Report);
      });
      this.#child.once('exit', (code, signal) => lost(`it ended with ${signal ?? code}`));
      this.#child.send(job);
    });
  }

  stop(): void {
    this.#child.kill('SIGKILL');
  }
}

/** Shares jobs among so many workers, and tells of every report as it comes. */
export async function runAll(
  bundlePath: string,
  workers: number,
  jobs: readonly Job[],
  onReport: (report: Report, job: Job) => void,
): Promise<void> {
  const waiting = jobs.values();
  const work = async () => {
    const worker = new Worker(bundlePath);
    try {
      for (const job of waiting) onReport(await worker.run(job), job);
    } finally {
      worker.stop();
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
}
