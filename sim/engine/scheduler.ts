import type { Chance } from './chance.ts';

type Task = { readonly dueAt: number; readonly lot: number; run: (() => void) | null };

/**
 * The simulated clock, and all that is still to happen. Whatever is I/O is a task here; between two of them everything
 * that can go on in the program has gone on. Of two that are due at the same instant, chance picks the first.
 */
export class Scheduler {
  /** unix milliseconds */
  now: number;
  /** how many tasks have run */
  steps = 0;
  readonly #chance: Chance;
  /** a binary heap, the next one at its root */
  readonly #heap: Task[] = [];

  constructor(startsAt: number, chance: Chance) {
    this.now = startsAt;
    this.#chance = chance;
  }

  /** Runs this so many milliseconds later, unless the function that comes back is called before. */
  after(ms: number, run: () => void): () => void {
    const task: Task = { dueAt: this.now + Math.max(0, ms), lot: this.#chance.random(), run };
    this.#heap.push(task);
    this.#rise(this.#heap.length - 1);
    return () => {
      task.run = null;
    };
  }

  /** Runs tasks, and the clock with them, until this is so or nothing is left. Rejects with what a task throws. */
  runUntil(isOver: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const step = () => {
        const task = isOver() ? undefined : this.#take();
        if (task === undefined) {
          resolve();
          return;
        }
        this.now = Math.max(this.now, task.dueAt);
        this.steps += 1;
        try {
          task.run?.();
        } catch (error) {
          reject(error instanceof Error ? error : new Error('A task threw.', { cause: error }));
          return;
        }
        later();
      };
      // A tick that a microtask asks for comes once no microtask is left: faster than a turn of the event loop, and the same
      // wherever this is called from.
      const later = () => queueMicrotask(() => process.nextTick(step));
      later();
    });
  }

  /** Lets the clock run for so long, and with it what comes due. */
  async passes(ms: number): Promise<void> {
    let isOver = false;
    this.after(ms, () => (isOver = true));
    await this.runUntil(() => isOver);
  }

  #take(): Task | undefined {
    for (let first = this.#heap[0]; first !== undefined; first = this.#heap[0]) {
      const last = this.#heap.pop();
      if (last !== undefined && last !== first) {
        this.#heap[0] = last;
        this.#sink();
      }
      if (first.run !== null) return first;
    }
    return undefined;
  }

  #rise(from: number): void {
    const heap = this.#heap;
    const task = heap[from];
    if (task === undefined) return;
    let index = from;
    while (index > 0) {
      const above = (index - 1) >>> 1;
      const parent = heap[above];
      if (parent === undefined || !comesBefore(task, parent)) break;
      heap[index] = parent;
      index = above;
    }
    heap[index] = task;
  }

  #sink(): void {
    const heap = this.#heap;
    const task = heap[0];
    if (task === undefined) return;
    let index = 0;
    for (;;) {
      const left = heap[2 * index + 1];
      const right = heap[2 * index + 2];
      if (left === undefined) break;
      const isRight = right !== undefined && comesBefore(right, left);
      const child = isRight ? right : left;
      if (!comesBefore(child, task)) break;
      heap[index] = child;
      index = 2 * index + (isRight ? 2 : 1);
    }
    heap[index] = task;
  }
}

function comesBefore(one: Task, other: Task): boolean {
  return one.dueAt < other.dueAt || (one.dueAt === other.dueAt && one.lot < other.lot);
}
