import { decodeEvent } from '../../src/application/events/eventCodec.ts';
import type { PaymentMethodState } from '../../src/domain/paymentMethod.ts';
import { isPaymentMethodsError } from '../../src/application/errors.ts';
import { evolve, initialState, isOpen } from '../../src/domain/paymentMethod.ts';
import type { PaymentMethodEvent } from '../../src/domain/paymentMethodEvents.ts';
import type { SimulatedProcess } from './simulatedProcess.ts';
import type { Surroundings } from './surroundings.ts';

/** Lets a process look after what was left open, now and then, for as long as it lives. */
export function startRecovery(around: Surroundings, process: SimulatedProcess, everyMs: number): void {
  const recovery = new Recovery(process);
  const pass = () => {
    if (!process.isAlive) return;
    recovery.pass().then(again, (error: unknown) => {
      if (!isPaymentMethodsError(error)) around.unexpected.push(String(error));
      again();
    });
  };
  const again = () => around.scheduler.after(everyMs, pass);
  around.scheduler.after(around.chance.between(0, everyMs), pass);
}

/** What finishes attempts that were left open: every one of them is reconciled. */
class Recovery {
  readonly #process: SimulatedProcess;
  readonly #states = new Map<string, PaymentMethodState>();
  #position = 0;

  constructor(process: SimulatedProcess) {
    this.#process = process;
  }

  async pass(): Promise<void> {
    for await (const recorded of this.#process.eventStore.readTrail({ after: this.#position })) {
      this.#position = recorded.position;
      if (!recorded.stream.startsWith('paymentMethod-')) continue;
      const event = decodeEvent(recorded).event as PaymentMethodEvent;
      this.#states.set(recorded.stream, evolve(this.#states.get(recorded.stream) ?? initialState, event));
    }
    for (const [stream, state] of this.#states) {
      if (!isOpen(state) && state.detachment === null) continue;
      const [paymentMethodId = '', attemptId] = stream.slice('paymentMethod-'.length).split('/');
      try {
        await this.#process.paymentMethods.reconcile({ paymentMethodId, attemptId, actor: 'recovery' });
      } catch (error) {
        if (!isPaymentMethodsError(error)) throw error;
      }
    }
  }
}
