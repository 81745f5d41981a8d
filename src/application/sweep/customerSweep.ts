import type { LookUp } from '../../domain/answers.ts';
import { decideCustomerDeleted } from '../../domain/customerDecisions.ts';
import type { Evidence } from '../../domain/evidence.ts';
import type { CustomerReference, PaymentMethodId } from '../../domain/identifiers.ts';
import { decideUpdate } from '../../domain/observations.ts';
import type { PaymentMethodState } from '../../domain/paymentMethod.ts';
import type { Attached } from '../../domain/sweeps.ts';
import { decideSweptAttachment, decideSweptDetachment, disagreementOf } from '../../domain/sweeps.ts';
import type { Streams } from '../events/streams.ts';
import { customerStreamName, streamName } from '../events/streams.ts';
import type { KnownCustomer } from '../readModels/knownCustomers.ts';
import type { LookingGateway } from './pacedGateway.ts';
import { recordSeen } from './recordSeen.ts';
import type { SweepPass } from './sweepPass.ts';

type Listed = { readonly paymentMethod: Attached; readonly evidence: Evidence };

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

  /** Stops the pass where Stripe does not answer: the customer is then not done. */
  async sweep({ customer, paymentMethodIds }: KnownCustomer): Promise<void> {
    const listed = await this.#list(customer);
    for (const one of listed.values()) {
      if (this.#pass.mustStop()) return;
      await this.#compareListed(one);
    }
    for (const id of paymentMethodIds) {
      if (this.#pass.mustStop()) return;
      if (!listed.has(id)) await this.#compareUnlisted(id, customer);
    }
    if (!this.#pass.mustStop()) this.#pass.customers += 1;
  }

  /** All of a customer's, page by page; none of one that is gone. */
  async #list(customer: CustomerReference): Promise<ReadonlyMap<PaymentMethodId, Listed>> {
    const listed = new Map<PaymentMethodId, Listed>();
    let after: PaymentMethodId | undefined;
    while (!this.#pass.mustStop()) {
      const { evidence, ...page } = await this.#gateway.listPaymentMethods({ customer, after }, this.#options);
      if (page.look === 'unknown') this.#pass.stop(page.cause);
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
    if (look.look === 'unknown') this.#pass.stop(look.cause);
    if (look.look === 'notFound') this.#pass.found('customerNotAtStripe', gone);
    if (look.look !== 'found' || !look.isDeleted) return;
    const swept: Evidence = { ...evidence, source: 'sweep' };
    const { recorded } = await recordSeen(
      this.#streams.customers,
      customerStreamName(customer.id),
      this.#pass.context,
      (state) => decideCustomerDeleted(customer.id, swept, state),
    );
    if (recorded.length > 0) this.#pass.found('customerDeletionMissed', gone);
  }

  async #compareListed({ paymentMethod, evidence }: Listed): Promise<void> {
    this.#pass.paymentMethods += 1;
    const { paymentMethodId, customer } = paymentMethod;
    const state = await this.#record(paymentMethodId, (now) => {
      const missed = decideSweptAttachment(paymentMethod, evidence, now);
      return missed.events.length > 0 ? missed : decideUpdate(paymentMethod, evidence, now);
    });
    if (disagreementOf(state, { look: 'found', paymentMethod }) === null) return;
    // The list may be older than what the trail recorded since: only a look from now on is worth a report.
    await this.#compareUnlisted(paymentMethodId, customer);
  }

  async #compareUnlisted(paymentMethodId: PaymentMethodId, customer: CustomerReference): Promise<void> {
    const { evidence, ...look } = await this.#gateway.lookUp(paymentMethodId, { ...this.#options, expected: customer });
    if (look.look === 'unknown') {
      this.#pass.stop(look.cause);
      return;
    }
    this.#report(paymentMethodId, customer, look, await this.#recordLook(paymentMethodId, look, evidence));
  }

  #recordLook(id: PaymentMethodId, look: LookUp, evidence: Evidence): Promise<PaymentMethodState> {
    const swept: Evidence = { ...evidence, source: 'sweep' };
    return this.#record(id, (state) =>
      look.look === 'found' ? decideSweptDetachment(look.paymentMethod, swept, state) : { events: [] },
    );
  }

  #report(id: PaymentMethodId, customer: CustomerReference, look: LookUp, state: PaymentMethodState): void {
    const disagreement = disagreementOf(state, look);
    if (disagreement !== null) this.#pass.found(disagreement, { paymentMethodId: id, customerId: customer.id });
  }

  async #record(
    paymentMethodId: PaymentMethodId,
    decide: (state: PaymentMethodState) => ReturnType<typeof decideUpdate>,
  ): Promise<PaymentMethodState> {
    const { paymentMethods } = this.#streams;
    const name = streamName(paymentMethodId, undefined);
    const { recorded, state } = await recordSeen(paymentMethods, name, this.#pass.context, decide);
    for (const { type, data } of recorded) {
      const customerId = 'customer' in data ? (data.customer?.id ?? null) : null;
      const about = { paymentMethodId, customerId };
      if (type === 'PaymentMethodAttached') this.#pass.found('attachmentMissed', about);
      if (type === 'PaymentMethodDetached') this.#pass.found('detachmentMissed', about);
      if (type === 'PaymentMethodUpdated') this.#pass.found('updateMissed', about);
    }
    return state;
  }

  get #options() {
    return { signal: this.#pass.signal };
  }
}
