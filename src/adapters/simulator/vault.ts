import type { JsonObject } from './wire.ts';

/** Whom a payment method belongs to: a Customer, or an Account that acts as one. */
export type Owner = { readonly kind: 'customer' | 'customerAccount'; readonly id: string };

export type CustomerRecord = {
  readonly id: string;
  /** unix seconds */
  readonly created: number;
  readonly name: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly description: string | null;
  readonly metadata: JsonObject;
  readonly defaultPaymentMethod: string | null;
  readonly invoicePrefix: string;
  readonly deleted: boolean;
};

export type Check = 'pass' | 'fail' | 'unchecked' | null;

export type CardRecord = {
  readonly brand: string;
  readonly country: string;
  readonly expMonth: number;
  readonly expYear: number;
  readonly fingerprint: string;
  readonly funding: string;
  readonly last4: string;
  readonly cvcCheck: Check;
  /** what the check will find at attach */
  readonly cvcCheckAtAttach: 'pass' | 'fail';
};

export type PaymentMethodRecord = {
  readonly id: string;
  /** unix seconds */
  readonly created: number;
  readonly type: string;
  readonly card: CardRecord | null;
  /** the hash of any other type */
  readonly hash: JsonObject;
  readonly billingDetails: JsonObject;
  readonly metadata: JsonObject;
  readonly allowRedisplay: string;
  readonly owner: Owner | null;
  /** true once it was detached: it can never be attached again */
  readonly spent: boolean;
  /** the code of the refusal at attach, null where there is none */
  readonly decline: string | null;
};

/** One thing that really happened to a payment method, whatever its caller was told. */
export type Effect = {
  readonly effect: 'attached' | 'detached';
  readonly paymentMethodId: string;
  readonly owner: Owner;
  readonly idempotencyKey: string | null;
  readonly requestId: string;
  /** unix milliseconds */
  readonly at: number;
};

/** All that an account holds. Records are replaced, never changed. */
export class Vault {
  readonly customers = new Map<string, CustomerRecord>();
  readonly customerAccounts = new Set<string>();
  readonly paymentMethods = new Map<string, PaymentMethodRecord>();
  readonly effects: Effect[] = [];

  /** Whose payment methods they are, the newest first. */
  paymentMethodsOf(owner: Owner): readonly PaymentMethodRecord[] {
    return this.newestPaymentMethods().filter((record) => isOwner(record.owner, owner));
  }

  newestPaymentMethods(): readonly PaymentMethodRecord[] {
    return [...this.paymentMethods.values()].toReversed();
  }

  /** The customer, unless there is none or it was deleted. */
  customer(id: string): CustomerRecord | undefined {
    const record = this.customers.get(id);
    return record?.deleted === true ? undefined : record;
  }
}

export function isOwner(one: Owner | null, other: Owner): boolean {
  return one !== null && one.kind === other.kind && one.id === other.id;
}
