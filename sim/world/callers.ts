import { isPaymentMethodsError } from '../../src/application/errors.ts';
import type { PaymentMethods } from '../../src/application/paymentMethods.ts';
import type { SetupResult } from '../../src/application/useCases/beginSetup.ts';
import type { DetachResult } from '../../src/application/useCases/detach.ts';
import type { AttachResult } from '../../src/application/useCases/results.ts';
import type { SetDefaultResult } from '../../src/application/useCases/setDefault.ts';
import type { Operation } from '../checker/logs.ts';
import type { Answered, History } from './history.ts';
import type { Fleet } from './fleet.ts';
import { strangerConfirms } from './strangers.ts';
import type { Surroundings } from './surroundings.ts';

/** What a caller wants, until it has an answer or gives up. */
export type Wish = {
  readonly call: Operation['call'];
  readonly paymentMethodId: string;
  readonly customer: string;
  /** null leaves it to the process that is called, anew on each call */
  readonly attemptId: string | null;
  /** of an attach: to be the customer's default as well */
  readonly setAsDefault: boolean;
  /** how often it may be asked for before the caller gives up */
  readonly patience: number;
};

/** Everyone who calls the host's processes, and what they were told. */
export class Callers {
  /** attach calls that came back, whatever with */
  attachesCompleted = 0;
  readonly #around: Surroundings;
  readonly #fleet: Fleet;
  readonly #history: History;
  readonly #flights = new Set<string>();
  #waiting = 0;
  #isOver = false;

  constructor(around: Surroundings, fleet: Fleet, history: History) {
    this.#around = around;
    this.#fleet = fleet;
    this.#history = history;
  }

  /** True while somebody waits for an answer or means to ask again. */
  get isBusy(): boolean {
    return this.#waiting > 0;
  }

  /** Nobody asks again from now on. */
  giveUp(): void {
    this.#isOver = true;
  }

  asksLater(ms: number, wish: Wish): void {
    this.#waiting += 1;
    this.#around.scheduler.after(ms, () => {
      this.#waiting -= 1;
      if (!this.#isOver) this.ask(wish);
    });
  }

  ask(wish: Wish): void {
    const { chance, sometimes, timeline } = this.#around;
    const { alive } = this.#fleet;
    if (alive.length === 0) {
      this.#again(wish);
      return;
    }
    const process = chance.pick(alive);
    const { call, paymentMethodId, attemptId, setAsDefault } = wish;
    const customer = call === 'detach' ? null : wish.customer;
    timeline?.note(
      'caller',
      `${call} ${paymentMethodId} ${customer ?? ''} (${attemptId ?? 'unnamed'}) on ${process.name}`,
    );
    const noteEnd = this.#history.invoke({ call, paymentMethodId, customer, attemptId, setAsDefault });
    let isOpen = true;
    this.#waiting += 1;
    const flight = `${process.name} ${call} ${paymentMethodId} ${customer}`;
    if (attemptId === null && this.#flights.has(flight)) sometimes.met('callersJoined');
    this.#flights.add(flight);
    const end = (answered: Answered | null, words: string) => {
      if (!isOpen) return;
      isOpen = false;
      this.#waiting -= 1;
      this.#flights.delete(flight);
      timeline?.note('caller', `${call} ${paymentMethodId} (${attemptId ?? 'unnamed'}): ${words}`);
      if (answered !== null) {
        noteEnd(answered);
        if (call === 'attach') this.attachesCompleted += 1;
        if (call === 'beginSetup' && answered.answeredId !== null) this.#confirms(wish, answered.answeredId);
      }
      if (answered?.reason === 'detachmentOpen') sometimes.met('attachHeldByDetachment');
      if (answered === null || answered.end === 'info') this.#again(wish);
      else if (chance.hits(0.15)) {
        if (!this.#isOver && wish.patience > 1) sometimes.met('repeatedAttempt');
        this.#again(wish);
      }
    };
    process.onDeath(() => end(null, 'the connection is lost'));
    callOn(process, wish).then(
      (answered) => end(answered, `${answered.end} ${answered.reason ?? ''}`),
      (error: unknown) => {
        if (!isPaymentMethodsError(error)) this.#around.unexpected.push(String(error));
        end({ end: 'info', answeredId: null, reason: codeOf(error) }, codeOf(error));
      },
    );
  }

  /** The front end has the setup's secret, and its customer pays. */
  #confirms({ paymentMethodId }: Wish, setupIntentId: string): void {
    const { chance, scheduler } = this.#around;
    this.#waiting += 1;
    scheduler.after(chance.between(500, 20_000), () => {
      this.#waiting -= 1;
      strangerConfirms(this.#around, { setupIntentId, paymentMethodId });
    });
  }

  #again(wish: Wish): void {
    if (this.#isOver || wish.patience <= 1) return;
    const { chance } = this.#around;
    const wait = chance.hits(0.45) ? chance.between(0, 50) : chance.between(200, 40_000);
    const attemptId = chance.hits(0.85) ? wish.attemptId : `${wish.attemptId ?? 'try'}.${wish.patience}`;
    this.asksLater(wait, { ...wish, attemptId, patience: wish.patience - 1 });
  }
}

/** Asks for it, and answers in the words of the history. */
export async function callOn(
  { paymentMethods }: { readonly paymentMethods: PaymentMethods },
  {
    call,
    paymentMethodId,
    customer,
    attemptId,
    setAsDefault = false,
  }: Omit<Wish, 'patience' | 'setAsDefault'> & {
    readonly setAsDefault?: boolean;
  },
): Promise<Answered> {
  const own = { actor: 'caller', ...(attemptId === null ? {} : { attemptId }) };
  const asked = { ...own, paymentMethodId };
  if (call === 'forget') return forget(paymentMethods, customer ?? '');
  if (call === 'attach') return attachAnswered(await paymentMethods.attach({ ...asked, customer, setAsDefault }));
  if (call === 'beginSetup') return setupAnswered(await paymentMethods.beginSetup({ ...own, customer }));
  if (call === 'setDefault') return defaultAnswered(await paymentMethods.setDefault({ ...asked, customer }));
  const result = await paymentMethods.detach(asked);
  const answeredId = result.outcome === 'detached' ? result.paymentMethodId : null;
  const reason = result.outcome === 'rejected' ? result.reason : null;
  const answered = { end: endOfOutcome(result.outcome), answeredId, reason };
  // A detachment that another attempt asked for is what it waited for, and has that attempt's answer.
  return result.outcome === 'rejected' ? { ...answered, attemptId: result.attemptId } : answered;
}

async function forget(paymentMethods: PaymentMethods, customer: string): Promise<Answered> {
  await paymentMethods.forgetCustomer({ customer, actor: 'caller' });
  return { end: 'ok', answeredId: null, reason: null };
}

function attachAnswered(result: AttachResult): Answered {
  const { outcome } = result;
  const answeredId = outcome === 'attached' ? result.paymentMethodId : null;
  if (outcome !== 'rejected') {
    const defaultOutcome = (outcome === 'attached' ? result.setAsDefault?.outcome : null) ?? null;
    return { end: endOfOutcome(outcome), answeredId, reason: null, defaultOutcome };
  }
  return { end: 'fail', answeredId, reason: result.reason, attemptId: result.attemptId };
}

function defaultAnswered(result: SetDefaultResult): Answered {
  const { outcome } = result;
  const answeredId = outcome === 'set' ? result.paymentMethodId : null;
  const reason = outcome === 'rejected' ? result.reason : null;
  return { end: endOfOutcome(outcome), answeredId, reason, defaultOutcome: outcome };
}

function setupAnswered(result: SetupResult): Answered {
  const { outcome } = result;
  if (outcome === 'rejected') return { end: 'fail', answeredId: null, reason: result.reason };
  const answeredId = outcome === 'unknown' ? null : result.setupIntentId;
  return { end: endOfOutcome(outcome), answeredId, reason: null };
}

function endOfOutcome(
  outcome: (AttachResult | DetachResult | SetDefaultResult | SetupResult)['outcome'],
): Answered['end'] {
  if (outcome === 'rejected') return 'fail';
  return outcome === 'unknown' ? 'info' : 'ok';
}

function codeOf(error: unknown): string {
  return isPaymentMethodsError(error) ? error.code : String(error);
}
