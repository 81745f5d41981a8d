import type { Operation } from '../checker/logs.ts';

type Asked = Pick<Operation, 'call' | 'paymentMethodId' | 'customer' | 'attemptId' | 'setAsDefault'>;
export type Answered = Pick<Operation, 'end' | 'answeredId' | 'reason'> & {
  readonly attemptId?: string;
  readonly defaultOutcome?: string | null;
};

/** What callers asked and were answered. A call that never comes back stays `info`. */
export class History {
  readonly #now: () => number;
  readonly #operations: Operation[] = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  get operations(): readonly Operation[] {
    return this.#operations;
  }

  /** Notes a call, and answers how to note its end. */
  invoke(asked: Asked): (answered: Answered) => void {
    const invoked: Operation = {
      ...asked,
      isNamed: asked.attemptId !== null,
      invokedAt: this.#now(),
      endedAt: null,
      end: 'info',
      answeredId: null,
      reason: null,
      defaultOutcome: null,
    };
    const index = this.#operations.push(invoked) - 1;
    return (answered) => {
      this.#operations[index] = { ...invoked, ...answered, endedAt: this.#now() };
    };
  }
}
