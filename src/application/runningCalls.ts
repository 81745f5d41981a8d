import { PaymentMethodsError } from './errors.ts';
import { observe } from './observing/observe.ts';
import type { Observer, UseCaseBegun, UseCaseEnded } from './ports/observer.ts';

/** The calls of the host that are under way, each watched by its observer. */
export class RunningCalls {
  readonly #observer: Observer | undefined;
  readonly #calls = new Set<Promise<unknown>>();
  #closed = false;

  constructor(observer: Observer | undefined) {
    this.#observer = observer;
  }

  /** Answers and throws what the call does; throws `CLOSED`, and makes none, after `close`. */
  watch<Result>(
    begun: UseCaseBegun,
    call: () => Promise<Result>,
    endOf: (result: Result) => UseCaseEnded,
  ): Promise<Result> {
    return this.run(() => observe(() => this.#observer?.useCase?.(begun), call, endOf));
  }

  /** The same of one that only reads, and is not watched. */
  async run<Result>(call: () => Promise<Result>): Promise<Result> {
    if (this.#closed) throw new PaymentMethodsError('CLOSED', 'These payment methods are closed. Make new ones.');
    const running = call();
    this.#calls.add(running);
    try {
      return await running;
    } finally {
      this.#calls.delete(running);
    }
  }

  /** Lets those under way finish, then refuses more. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#calls);
  }
}
