import type { AccountRules, Change } from '../endpoints/context.ts';
import { finishPayment } from '../endpoints/intents/paymentAttempts.ts';
import { finishSetup } from '../endpoints/intents/setupAttempts.ts';
import { commitUpdate } from '../endpoints/paymentMethods.ts';
import { instrumentNamed } from '../instruments/testCards.ts';
import type { Webhooks } from '../webhooks/webhooks.ts';
import type { Ids } from '../world/ids.ts';
import { newCustomer } from '../world/newCustomer.ts';
import { newPaymentMethod, noBillingDetails, partsOf } from '../world/newPaymentMethod.ts';
import type { CardRecord, CustomerRecord, Owner, PaymentMethodRecord } from '../world/records.ts';
import type { World } from '../world/world.ts';

/** A customer as it is to be; what is absent gets the values of a new one. */
export type NewCustomer = Partial<
  Pick<
    CustomerRecord,
    'id' | 'created' | 'name' | 'email' | 'phone' | 'description' | 'metadata' | 'defaultPaymentMethod' | 'account'
  >
>;

/** A payment method as it is to be; what is absent gets the values of a new test card. */
export type NewPaymentMethod = {
  /** a new id where absent; what has this id already is replaced */
  readonly id?: string | undefined;
  /** unix seconds; now where absent */
  readonly created?: number | undefined;
  /** `card` where absent */
  readonly type?: string | undefined;
  /** the test card, by what follows `pm_card_`; `visa` where absent */
  readonly instrument?: string | undefined;
  readonly expMonth?: number | undefined;
  readonly expYear?: number | undefined;
  /** the decline code, or error code, that attaching answers; the card's own where absent */
  readonly decline?: string | undefined;
  /** the same for charging it once it is attached */
  readonly chargeDecline?: string | undefined;
  /** whom it belongs to already */
  readonly owner?: Owner | undefined;
  /** true for one that was detached before, and so can never be attached again */
  readonly spent?: boolean | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  readonly billingDetails?: BillingDetails | undefined;
};

/** What a payment method says of who pays with it; null where it is absent. */
type BillingDetails = {
  readonly name?: string | undefined;
  readonly email?: string | undefined;
  readonly phone?: string | undefined;
};

type Parts = {
  readonly world: World;
  readonly ids: Ids;
  /** unix milliseconds */
  readonly now: () => number;
  readonly rules: AccountRules;
  readonly noteEffect: Change['noteEffect'];
  readonly webhooks: Webhooks;
};

/**
 * One account in one mode, to be filled, and changed by what no request asks for. What is added is no effect and makes no
 * event; what happens later makes its events as it would at Stripe.
 */
export class AccountWorld {
  readonly #world: World;
  readonly #ids: Ids;
  readonly #now: () => number;
  readonly #rules: AccountRules;
  readonly #noteEffect: Parts['noteEffect'];
  readonly #webhooks: Webhooks;

  constructor({ world, ids, now, rules, noteEffect, webhooks }: Parts) {
    this.#rules = rules;
    this.#world = world;
    this.#ids = ids;
    this.#now = now;
    this.#noteEffect = noteEffect;
    this.#webhooks = webhooks;
  }

  /**
   * Adds a customer, by its id or in more detail, and answers its id. What has this id already is replaced. With an
   * `account` it is known by both names.
   */
  addCustomer(added: string | NewCustomer = {}): string {
    const details = typeof added === 'string' ? { id: added } : added;
    const id = details.id ?? this.#ids.customer();
    const blank = newCustomer(id, this.#ids.invoicePrefix(), Math.floor(this.#now() / 1000));
    this.#world.customers.put({ ...blank, ...details, id });
    if (typeof details.account === 'string') this.#world.customerAccounts.set(details.account, id);
    return id;
  }

  /** Adds an account that acts as a customer (`customer_account`) and answers its id. */
  addCustomerAccount(id: string = this.#ids.account()): string {
    this.#world.customerAccounts.set(id, null);
    return id;
  }

  /** Adds a payment method and answers its id. */
  addPaymentMethod(added: NewPaymentMethod = {}): string {
    const {
      id = this.#ids.paymentMethod(),
      created,
      type = 'card',
      owner = null,
      spent = false,
      metadata = {},
    } = added;
    const { name = null, email = null, phone = null } = added.billingDetails ?? {};
    const billingDetails = { ...noBillingDetails, name, email, phone };
    const at = created === undefined ? this.#now() : created * 1000;
    const parts = { type, owner: owner === null ? null : this.#world.ownerOf(owner), spent, metadata, billingDetails };
    this.#world.paymentMethods.put(
      newPaymentMethod(id, at, { ...parts, ...(type === 'card' ? cardParts(added, at) : declines(added)) }),
    );
    return id;
  }

  /** True for the id of a customer, an account that acts as one, or a payment method. */
  has(id: string): boolean {
    const { customers, customerAccounts, paymentMethods } = this.#world;
    return customers.has(id) || customerAccounts.has(id) || paymentMethods.has(id);
  }

  /** The card network tells of a card's new dates or number; false where there is no such card. */
  updateCard(paymentMethodId: string, card: Partial<Pick<CardRecord, 'expMonth' | 'expYear' | 'last4'>>): boolean {
    const record = this.#world.paymentMethods.get(paymentMethodId);
    if (record === undefined || record.card === null) return false;
    const updated = { ...record, card: { ...record.card, ...card } };
    commitUpdate(this.#change(), 'payment_method.automatically_updated', record, updated);
    return true;
  }

  /** The cardholder authenticates, or fails to; false where no such intent waits for that. */
  authenticate(intentId: string, succeeds = true): boolean {
    const { setupIntents, paymentIntents } = this.#world;
    const setupIntent = setupIntents.get(intentId);
    if (setupIntent !== undefined) return finishSetup(this.#change(), setupIntent, succeeds) !== setupIntent;
    const paymentIntent = paymentIntents.get(intentId);
    return paymentIntent !== undefined && finishPayment(this.#change(), paymentIntent, succeeds) !== paymentIntent;
  }

  /** Sends an event's webhooks again; false where there is no such event. */
  resend(eventId: string): boolean {
    return this.#webhooks.resend(this.#world, eventId);
  }

  /**
   * Gives a webhook endpoint a new secret, which is answered; null where there is no such endpoint. The old ones sign too
   * until they expire: after so many milliseconds, at once where none are given.
   */
  rollWebhookSecret(endpointId: string, oldExpiresInMs = 0): string | null {
    const { webhookEndpoints } = this.#world;
    const endpoint = webhookEndpoints.get(endpointId);
    if (endpoint === undefined) return null;
    const secret = this.#ids.webhookSecret();
    const expiresAt = this.#now() + oldExpiresInMs;
    const old = endpoint.secrets.map((one) => ({ ...one, expiresAt: one.expiresAt ?? expiresAt }));
    webhookEndpoints.put({ ...endpoint, secrets: [{ secret, expiresAt: null }, ...old] });
    return secret;
  }

  #change(): Change {
    const noteEffect = this.#noteEffect;
    const origin = { requestId: null, idempotencyKey: null };
    return { ...origin, world: this.#world, ids: this.#ids, rules: this.#rules, at: this.#now(), noteEffect };
  }
}

function cardParts(added: NewPaymentMethod, at: number): Partial<PaymentMethodRecord> {
  const name = added.instrument ?? 'visa';
  const instrument = instrumentNamed(name);
  if (instrument === undefined) throw new TypeError(`There is no test card named ${name}.`);
  const { expMonth, expYear, owner } = added;
  const parts = partsOf(instrument, at, {
    ...(owner === undefined ? {} : { cvcCheck: instrument.cvcCheck }),
    ...(expMonth === undefined ? {} : { expMonth }),
    ...(expYear === undefined ? {} : { expYear }),
  });
  return { ...parts, ...declines(added) };
}

function declines({ decline, chargeDecline = decline }: NewPaymentMethod): Partial<PaymentMethodRecord> {
  return {
    ...(decline === undefined ? {} : { decline }),
    ...(chargeDecline === undefined ? {} : { chargeDecline }),
  };
}
