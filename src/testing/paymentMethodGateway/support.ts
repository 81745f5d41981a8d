import { ok } from 'node:assert/strict';
import { StripeAccount } from '../../adapters/simulator/index.ts';
import type { AttachRequest, PaymentMethodGateway } from '../../application/ports/paymentMethodGateway.ts';
import type { Evidence } from '../../domain/evidence.ts';
import type { CustomerId, CustomerReference, PaymentMethodId } from '../../domain/identifiers.ts';
import { isAccountId, isCustomerId, isPaymentMethodId } from '../../domain/identifiers.ts';
import type { ContractCase } from '../eventStore/support.ts';

/** Makes a gateway to this account, which speaks for it under this API key. */
export type MakeGateway = (account: StripeAccount, apiKey: string) => Promise<PaymentMethodGateway>;

/** What a case is run in. */
export type Setting = {
  readonly account: StripeAccount;
  readonly gateway: PaymentMethodGateway;
  /** another gateway to the account, with this API key */
  readonly make: (apiKey: string) => Promise<PaymentMethodGateway>;
};

export type MakeCase = (name: string, run: (setting: Setting) => Promise<void>) => ContractCase;

const apiKey = 'sk_test_contract';

/** What a request that changes something is sent under. */
export const keyed = (idempotencyKey = 'key-1') => ({ idempotencyKey, apiVersion: '2025-10-29.clover' });

export function caseMaker(makeGateway: MakeGateway): MakeCase {
  return (name, run) => ({
    name,
    run: async () => {
      const account = new StripeAccount({ apiKeys: [apiKey] });
      await run({ account, gateway: await makeGateway(account, apiKey), make: (key) => makeGateway(account, key) });
    },
  });
}

/** A new payment method and a new customer, to be attached. */
export function anAttach(account: StripeAccount, idempotencyKey?: string): AttachRequest {
  const paymentMethodId = aPaymentMethodId(account.addPaymentMethod());
  return { paymentMethodId, customer: aCustomer(account.addCustomer()), ...keyed(idempotencyKey) };
}

/** A payment method that belongs to a customer already. */
export function anAttached(account: StripeAccount): { customer: CustomerId; paymentMethodId: PaymentMethodId } {
  const customer = aCustomerId(account.addCustomer());
  const owner = { kind: 'customer', id: customer } as const;
  return { customer, paymentMethodId: aPaymentMethodId(account.addPaymentMethod({ owner })) };
}

export function aPaymentMethodId(id: string): PaymentMethodId {
  ok(isPaymentMethodId(id));
  return id;
}

export function aCustomerId(id: string): CustomerId {
  ok(isCustomerId(id));
  return id;
}

export function aCustomer(id: string): CustomerReference {
  if (isCustomerId(id)) return { kind: 'customer', id };
  ok(isAccountId(id));
  return { kind: 'customerAccount', id };
}

/** What was answered; that it rests on something is checked on the way. */
export function withoutEvidence<Answer extends { readonly evidence: Evidence }>(answer: Answer) {
  const { evidence, ...rest } = answer;
  ok(evidence.tries.every((one) => one.status !== null || one.failure !== null));
  return rest;
}
