import { decideCustomerDeleted } from '../../domain/customerDecisions.ts';
import type { Evidence, UnknownCause } from '../../domain/evidence.ts';
import type { CustomerReference, PaymentMethodId } from '../../domain/identifiers.ts';
import { decideLooked, decideUpdate, expectedCustomer } from '../../domain/observations.ts';
import type { PaymentMethodEvent } from '../../domain/paymentMethodEvents.ts';
import type { PaymentMethodSummary } from '../../domain/paymentMethodSummary.ts';
import { disagreementOf } from '../../domain/sweeps.ts';
import type { Unopened } from '../events/eventStreams.ts';
import type { Streams } from '../events/streams.ts';
import { customerStreamName, streamName } from '../events/streams.ts';
import { lookAfter } from '../protocol/lookAfter.ts';
import { uncompared } from '../protocol/uncompared.ts';
import type { KnownCustomer } from '../readModels/knownCustomers.ts';
import type { LookingGateway } from './pacedGateway.ts';
import { recordSeen } from './recordSeen.ts';
import type { SweepPass } from './sweepPass.ts';
import { unreadable } from './unreadable.ts';

type Listed = { readonly paymentMethod: PaymentMethodSummary; readonly evidence: Evidence };

/** Compares what Stripe has attached to a customer with what the trail has, and records what the trail missed. */
export class CustomerSweep {
  readonly #streams: Streams;
  readonly #gateway: LookingGateway;
  readonly #pass: SweepPass;

  constructor(streams: Streams, gateway: LookingGateway, pass: SweepPass) {
    this.#streams = streams;
    this.#gateway = gateway;
    this.#pass = pass;
  }

  /** Stops the pass where Stripe does not answer: the customer is then not done. Throws `NOT_LOOKED_UP` where it cannot be read. */
  async sweep({ customer, paymentMethodIds }: KnownCustomer): Promise<void> {
    const listed = await this.#list(customer);
    // What could not be compared is told last: whatever else there is of the customer is recorded before.
    let unopened: Unopened | null = null;
    for (const one of listed.values()) {
      if (this.#pass.mustStop()) return;
      unopened = (await this.#compareListed(one)) ?? unopened;
    }
    for (const id of paymentMethodIds) {
      if (this.#pass.mustStop()) return;
      if (!listed.has(id)) unopened = (await this.#look(id)) ?? unopened;
    }
    if (unopened !== null) throw unopened.error;
    if (!this.#pass.mustStop()) this.#pass.customers += 1;
  }

  /** All of a customer's, page by page; none of one that is gone. */
  async #list(customer: CustomerReference): Promise<ReadonlyMap<PaymentMethodId, Listed>> {
    const listed = new Map<PaymentMethodId, Listed>();
    let after: PaymentMethodId | undefined;
    while (!this.#pass.mustStop()) {
      const { evidence, ...page } = await this.#gateway.listPaymentMethods({ customer, after }, this.#options);
      if (page.look === 'unknown') this.#unanswered(customer.id, page.cause);
      if (page.look === 'notFound') await this.#customerGone(customer);
      if (page.look !== 'found') return new Map();
      for (const found of page.paymentMethods) {
        listed.set(found.paymentMethodId, { paymentMethod: { ...found, customer }, evidence });
        after = found.paymentMethodId;
      }
      if (!page.hasMore) return listed;
    }
    return new Map();
  }

  async #customerGone(customer: CustomerReference): Promise<void> {
    const gone = { customerId: customer.id };
    if (customer.kind !== 'customer') {
      this.#pass.found('customerNotAtStripe', gone);
      return;
    }
    const { evidence, ...look } = await this.#gateway.lookUpCustomer(customer.id, this.#options);
    if (look.look === 'unknown') this.#unanswered(customer.id, look.cause);
    if (look.look === 'notFound') this.#pass.found('customerNotAtStripe', gone);
    if (look.look !== 'found' || !look.isDeleted) return;
    const { recorded } = await recordSeen(
      this.#streams.customers,
      customerStreamName(customer.id),
      this.#pass.context,
      (state) => decideCustomerDeleted(customer.id, evidence, state),
    );
    if (recorded.length > 0) this.#pass.found('customerDeletionMissed', gone);
  }

  async #compareListed({ paymentMethod, evidence }: Listed): Promise<Unopened | null> {
    this.#pass.paymentMethods += 1;
    const { paymentMethodId } = paymentMethod;
    const listed = { paymentMethod, attemptId: null, evidence };
    // Whoever it was attached to once, it was: a list proves that, however old it is by now.
    const { recorded, seen } = await recordSeen(
      this.#streams.paymentMethods,
      streamName(paymentMethodId, undefined),
      this.#pass.context,
      (now) => (now.status === 'attached' ? { events: [] } : decideLooked(listed, now)),
    );
    this.#note(paymentMethodId, recorded);
    const isSame =
      seen.unopened === null &&
      decideUpdate(paymentMethod, evidence, seen.state).events.length === 0 &&
      disagreementOf(seen.state, { look: 'found', paymentMethod }) === null;
    // The list may be older than what the trail recorded since: of all else only a look from now on is worth anything.
    return isSame ? null : this.#look(paymentMethodId);
  }

  /** Answers why it could not be compared; null where it was. */
  async #look(id: PaymentMethodId): Promise<Unopened | null> {
    const parts = { streams: this.#streams.paymentMethods, gateway: this.#gateway };
    const from = await parts.streams.load(streamName(id, undefined));
    const looked = await lookAfter(parts, from, { id }, this.#pass.context, this.#options);
    const { look, seen, recorded } = looked;
    this.#note(id, recorded);
    if (look.look === 'unknown') this.#unanswered(id, look.cause);
    const disagreement = disagreementOf(seen.state, look);
    const customerId = expectedCustomer(seen.state)?.id ?? null;
    if (disagreement !== null) this.#pass.found(disagreement, { paymentMethodId: id, customerId });
    return uncompared(looked);
  }

  #note(paymentMethodId: PaymentMethodId, recorded: readonly PaymentMethodEvent[]): void {
    for (const { type, data } of recorded) {
      const customerId = 'customer' in data ? (data.customer?.id ?? null) : null;
      const about = { paymentMethodId, customerId };
      if (type === 'PaymentMethodAttached') this.#pass.found('attachmentMissed', about);
      if (type === 'PaymentMethodDetached') this.#pass.found('detachmentMissed', about);
      if (type === 'PaymentMethodUpdated') this.#pass.found('updateMissed', about);
    }
  }

  /** An answer that cannot be read is one customer's trouble; where there is none, it is everybody's, and the pass is stopped. */
  #unanswered(subject: string, cause: UnknownCause): void {
    if (!this.#pass.mustStop()) throw unreadable(subject, cause);
  }

  get #options() {
    return { signal: this.#pass.signal };
  }
}
