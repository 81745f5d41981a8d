import type { AttemptId } from '../domain/identifiers.ts';
import type { AttachInput, DetachInput, HistoryOptions, ReconcileInput } from './commands/commands.ts';
import { parseAttach, parseDetach, parseHistory, parseReconcile } from './commands/commands.ts';
import type { BeginSetupInput, ForgetCustomerInput, SetDefaultInput } from './commands/customerCommands.ts';
import { parseBeginSetup, parseForgetCustomer, parseSetDefault } from './commands/customerCommands.ts';
import type { Notification } from './commands/notifications.ts';
import { parseNotification } from './commands/parseNotification.ts';
import type { SweepInput } from './commands/sweepCommand.ts';
import { parseSweep } from './commands/sweepCommand.ts';
import type { PaymentMethodsParts, UseCases } from './makeUseCases.ts';
import { makeUseCases } from './makeUseCases.ts';
import { endOfCall, endOfIngest, endOfRecovery, endOfSweep } from './observing/endings.ts';
import type { CallOptions } from './ports/paymentMethodGateway.ts';
import type { RecoverOptions } from './recovery/recovering.ts';
import type { RecoveryReport } from './recovery/recoveryReport.ts';
import { RunningCalls } from './runningCalls.ts';
import type { SweepOptions } from './sweep/sweeping.ts';
import type { SweepReport } from './sweep/sweepReport.ts';
import type { SetupResult } from './useCases/beginSetup.ts';
import type { DetachResult } from './useCases/detach.ts';
import { readHistory } from './useCases/history.ts';
import type { ForgetCustomerResult } from './useCases/forgetCustomer.ts';
import type { IngestResult } from './useCases/ingest.ts';
import type { AttachResult, History, ReconcileResult } from './useCases/results.ts';
import type { SetDefaultResult } from './useCases/setDefault.ts';
import { isOfAnother, thenSetAsDefault } from './useCases/thenSetAsDefault.ts';

export type { PaymentMethodsParts } from './makeUseCases.ts';

/**
 * Attaches payment methods to customers and leaves a trail of it. Nothing is sent to Stripe before the intent is durable,
 * and nothing Stripe may have done is ever taken for not done.
 */
export class PaymentMethods {
  readonly #useCases: UseCases;
  readonly #calls: RunningCalls;

  /** Throws `INVALID_OPTIONS`. */
  constructor(parts: PaymentMethodsParts) {
    this.#useCases = makeUseCases(parts);
    this.#calls = new RunningCalls(parts.observer);
  }

  /**
   * Attaches a payment method to a customer: attached, rejected or unknown. The same attempt again gets the same answer,
   * with no second request. An attempt that a crash left open is finished first, under its own key. A call without an
   * attempt id joins one for the same customer that this process has under way. With `setAsDefault` it is made the
   * customer's default once it is attached; how that went stands beside, and never hides that it is attached. That wish is
   * recorded with the request, where there is one to be made: after a crash, `recover` finishes it, and so does `reconcile`.
   * Do not call it inside a database transaction of your own: a rollback could not undo the attach, only the record of it.
   *
   * Throws `INVALID_COMMAND`, `CLOSED` or the signal's reason before any I/O; a store's error (`STORE_…`), `KEY_UNREADABLE` or
   * `CONTENTION` before anything was sent; `OUTCOME_NOT_RECORDED` after; a gateway's fault (`GATEWAY_…`). After each of these, calling
   * again with the same attempt id is safe and finishes it: the error's `details` name it.
   * https://docs.stripe.com/api/payment_methods/attach
   */
  async attach(input: AttachInput, options: CallOptions = {}): Promise<AttachResult> {
    const wish = parseAttach(input, this.#useCases.makeAttemptId);
    options.signal?.throwIfAborted();
    const { paymentMethodId, attemptId } = wish;
    const begun = { useCase: 'attach', paymentMethodId, customerId: wish.customer.id, attemptId } as const;
    const call = async () => {
      const { attaching, settingDefaults } = this.#useCases;
      const { result, attemptId } = await attaching.attach(wish, input.attemptId !== undefined, options);
      if (!wish.setAsDefault || result.outcome !== 'attached' || wish.customer.kind !== 'customer') return result;
      const { customer } = wish;
      const setAsDefault = (id: AttemptId) => {
        const second = { customerId: customer.id, paymentMethodId: result.paymentMethodId, attemptId: id };
        return thenSetAsDefault(result, second, () => settingDefaults.setDefault(second, wish.context, options));
      };
      const joined = await setAsDefault(attemptId);
      return attemptId !== wish.attemptId && isOfAnother(joined) ? setAsDefault(wish.attemptId) : joined;
    };
    return this.#calls.watch(begun, call, endOfCall);
  }

  /**
   * Detaches a payment method from its customer, for good: Stripe never lets it be attached again. The same attempt again
   * gets the same answer, with no second request. Throws as `attach` does.
   * https://docs.stripe.com/api/payment_methods/detach
   */
  async detach(input: DetachInput, options: CallOptions = {}): Promise<DetachResult> {
    const { context, ...wish } = parseDetach(input, this.#useCases.makeAttemptId);
    options.signal?.throwIfAborted();
    const call = () => this.#useCases.detaching.detach(wish, context, options);
    return this.#calls.watch({ useCase: 'detach', ...wish }, call, endOfCall);
  }

  /**
   * Makes an attached payment method the customer's default for invoices. The same attempt again gets the same answer, with
   * no second request; a new one asks anew. Throws as `attach` does. https://docs.stripe.com/api/customers/update
   */
  async setDefault(input: SetDefaultInput, options: CallOptions = {}): Promise<SetDefaultResult> {
    const { context, ...wish } = parseSetDefault(input, this.#useCases.makeAttemptId);
    options.signal?.throwIfAborted();
    const call = () => this.#useCases.settingDefaults.setDefault(wish, context, options);
    return this.#calls.watch({ useCase: 'setDefault', ...wish }, call, endOfCall);
  }

  /**
   * Begins a setup: the way Stripe recommends to save a payment method for later. Answers the client secret for the front
   * end, which this module never stores; a repeat with the same attempt id and wish gets the same one. The attachment that comes of
   * it arrives by `ingest`. Throws as `attach` does. https://docs.stripe.com/api/setup_intents/create
   */
  async beginSetup(input: BeginSetupInput, options: CallOptions = {}): Promise<SetupResult> {
    const { context, ...wish } = parseBeginSetup(input, this.#useCases.makeAttemptId);
    options.signal?.throwIfAborted();
    const { attemptId, customer } = wish;
    const call = () => this.#useCases.beginningSetups.beginSetup(wish, context, options);
    return this.#calls.watch({ useCase: 'beginSetup', customerId: customer.id, attemptId }, call, endOfCall);
  }

  /**
   * Takes a notification of Stripe's into the trail, as often and in whatever order it comes: an attachment, detachment or
   * update, whoever asked for it, is recorded once, with its evidence. Throws `INVALID_COMMAND` for what `toNotification` did not
   * make; `NOT_LOOKED_UP`, a store's or a gateway's error: let Stripe deliver it again.
   */
  async ingest(
    notification: Notification,
    options: CallOptions & { readonly actor?: string | undefined } = {},
  ): Promise<IngestResult> {
    const told = parseNotification(notification);
    const { notificationId } = told;
    const call = () => this.#useCases.ingesting.ingest(told, 'webhook', options.actor ?? 'stripe', options);
    return this.#calls.watch({ useCase: 'ingest', notificationId }, call, endOfIngest);
  }

  /**
   * Turns an open attempt into a known outcome by looking at Stripe, and, where a look proves nothing, by asking again
   * under the attempt's own key. One that is under half a minute old is only looked at: it is probably in flight. A rejection
   * is looked at as well, and overruled if Stripe has it attached; so is what is attached, which Stripe may have detached or
   * changed; a detachment that was left open is settled too. Answers how the payment method stands; records nothing that it
   * already knew. Throws as `attach` does.
   */
  async reconcile(input: ReconcileInput, options: CallOptions = {}): Promise<ReconcileResult> {
    const asked = parseReconcile(input);
    options.signal?.throwIfAborted();
    const { paymentMethodId, attemptId } = asked;
    const call = () => this.#useCases.reconciling.reconcile(asked, options);
    return this.#calls.watch({ useCase: 'reconcile', paymentMethodId, attemptId }, call, endOfCall);
  }

  /**
   * Finishes what crashes and doubts left open, in one pass over all of it, the oldest first: attachments, detachments,
   * defaults and setups. What is so young that it is probably in flight, and what another process is at, is left to a later
   * pass. Any number of processes may call it at once. What goes wrong with one request is reported, and stops no other.
   * Throws `CLOSED`, and a store's error or `EVENT_INVALID` where the open requests cannot be read.
   */
  async recover(options: RecoverOptions = {}): Promise<RecoveryReport> {
    options.signal?.throwIfAborted();
    return this.#calls.watch({ useCase: 'recover' }, () => this.#useCases.recovering.recover(options), endOfRecovery);
  }

  /**
   * Compares Stripe with the trail, and records what the trail missed, with evidence `sweep`: of one customer, or of the
   * account, in which case it reads Stripe's events since the last sweep, and then some customers, the next ones each time.
   * Reports what no event can bring together. It makes so many requests a second at most, and goes on where the last one
   * ended. Throws `INVALID_COMMAND`, `CLOSED`, `INVALID_OPTIONS` where it was given no timers, a store's error, and a
   * gateway's fault.
   */
  async sweep(input: SweepInput = {}, options: SweepOptions = {}): Promise<SweepReport> {
    const asked = parseSweep(input);
    options.signal?.throwIfAborted();
    const call = () => this.#useCases.sweeping.sweep(asked, options);
    return this.#calls.watch({ useCase: 'sweep', customerId: asked.customer?.id }, call, endOfSweep);
  }

  /**
   * Destroys the key of a customer's encrypted fields, for good, and records that: they read as `redacted` from then on,
   * everywhere, and what Stripe tells of the customer later is recorded with `redacted` in their place. The trail stays
   * whole and still verifies. Asks Stripe nothing; what Stripe keeps, Stripe deletes. A repeat is safe, and after an error it
   * is needed: it finishes what was begun. A customer that has a `cus_…` and an `acct_…` has a key under each.
   *
   * Throws `INVALID_COMMAND`, `CLOSED` or `INVALID_OPTIONS` (no `keys`, or a store that does not encrypt) before any I/O; a store's error; `CONTENTION`.
   */
  async forgetCustomer(input: ForgetCustomerInput): Promise<ForgetCustomerResult> {
    const { customer, context } = parseForgetCustomer(input);
    const call = () => this.#useCases.forgetting.forget(customer, context);
    return this.#calls.watch({ useCase: 'forgetCustomer', customerId: customer.id }, call, endOfCall);
  }

  /** What the trail knows of a payment method, now or as of a version, a position or an instant. Asks Stripe nothing. */
  async history(paymentMethodId: string, options: HistoryOptions = {}): Promise<History> {
    const asked = parseHistory({ ...options, paymentMethodId });
    return this.#calls.run(() => readHistory(this.#useCases.store, asked));
  }

  /** Lets the calls under way finish, then refuses more. Close it before the store and the gateway, which stay open. */
  async close(): Promise<void> {
    await this.#calls.close();
  }
}
