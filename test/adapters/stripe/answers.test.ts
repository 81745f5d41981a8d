import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readAttach } from '../../../src/adapters/stripe/operations/attach.ts';
import { readLookUp } from '../../../src/adapters/stripe/operations/lookUp.ts';
import type { AttachRequest } from '../../../src/application/ports/paymentMethodGateway.ts';
import { isTestAlias } from '../../../src/domain/identifiers.ts';
import type { Rejection } from '../../../src/domain/paymentMethodEvents.ts';
import type { PaymentMethodSummary } from '../../../src/domain/paymentMethodSummary.ts';
import { attachRequest, customerAccount, pm, stripePaymentMethod } from './samples.ts';

const requests = [
  attachRequest(),
  attachRequest({ customer: customerAccount }),
  attachRequest({ paymentMethodId: pm('pm_card_visa') }),
];

/** Mostly one of these values, now and then anything. */
const mostly = (...values: readonly unknown[]) =>
  fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...values) }, { weight: 1, arbitrary: fc.jsonValue() });

const echo = fc
  .record(
    {
      id: mostly('pm_1', 'pm_1', 'pm_2', 'pm_card_visa', 'cus_1'),
      customer: mostly('cus_1', 'cus_1', 'cus_2', null, { id: 'cus_1' }, { id: 'cus_2' }),
      customer_account: mostly('acct_1', 'acct_2', null),
      card: mostly(null, stripePaymentMethod()['card']),
      created: mostly(1762799343),
    },
    { requiredKeys: [] },
  )
  .map(stripePaymentMethod);

const refusal = fc.record({
  error: fc.record(
    {
      type: mostly('card_error', 'invalid_request_error', 'idempotency_error', 'api_error'),
      code: mostly('resource_missing', 'resource_missing', 'card_declined', 'customer_max_payment_methods'),
      decline_code: mostly('generic_decline'),
      param: mostly('customer', 'payment_method'),
    },
    { requiredKeys: [] },
  ),
});

const hostile = fc.constantFrom<unknown>(
  undefined,
  JSON.parse('{"__proto__":{"id":"pm_1"},"constructor":{"prototype":{}}}'),
  JSON.parse(`${'['.repeat(5_000)}${']'.repeat(5_000)}`),
);

// Weighted so that 500 runs are all but certain to reach every outcome, which the tests then assert.
const status = fc.oneof(
  { weight: 4, arbitrary: fc.constant(200) },
  { weight: 3, arbitrary: fc.constant(404) },
  { weight: 3, arbitrary: fc.constantFrom(204, 302, 400, 401, 402, 403, 409, 429, 500, 503) },
  { weight: 1, arbitrary: fc.integer({ min: 100, max: 599 }) },
);
const body = fc.oneof(
  { weight: 4, arbitrary: echo },
  { weight: 3, arbitrary: refusal },
  { weight: 1, arbitrary: hostile },
  { weight: 1, arbitrary: fc.jsonValue() },
);

it('any response is attached, rejected, unknown or a fault, and attached only when id and customer echo ours', () => {
  const reached = new Set<string>();
  fc.assert(
    fc.property(fc.constantFrom(...requests), status, body, (request, code, json) => {
      const read = readAttach(request, { status: code, shouldRetry: null, body: json });
      reached.add(read.verdict === 'known' ? read.known.answer : read.verdict);
      if (read.verdict === 'fault') expect([401, 403]).toContain(code);
      if (read.verdict === 'unknown') expect(read.cause).toMatch(/^[a-zA-Z]+$/);
      if (read.verdict !== 'known') return;
      if (read.known.answer === 'rejected') expectBoundedRefusal(code, read.known);
      else expectOurEcho(request, code, json as Echo, read.known.paymentMethod);
    }),
    { numRuns: 500 },
  );
  expect([...reached].sort()).toEqual(['attached', 'fault', 'rejected', 'unknown']);
});

it('any response to a look is found, not found, unknown or a fault, and found only when the id echoes ours', () => {
  const reached = new Set<string>();
  fc.assert(
    fc.property(status, body, (code, json) => {
      const read = readLookUp(pm('pm_1'), undefined, { status: code, shouldRetry: null, body: json });
      reached.add(read.verdict === 'known' ? read.known.look : read.verdict);
      if (read.verdict !== 'known') return;
      expect(code).toBe(read.known.look === 'notFound' ? 404 : 200);
      if (read.known.look === 'found') expect(read.known.paymentMethod.paymentMethodId).toBe('pm_1');
    }),
    { numRuns: 500 },
  );
  expect([...reached].sort()).toEqual(['fault', 'found', 'notFound', 'unknown']);
});

type Echo = { readonly id: unknown; readonly customer?: unknown; readonly customer_account?: unknown };

function expectBoundedRefusal(code: number, { stripeCode, declineCode }: Rejection): void {
  expect(code).toBeGreaterThanOrEqual(400);
  expect(code).toBeLessThan(500);
  for (const kept of [stripeCode, declineCode]) expect(kept ?? 'none').toMatch(/^[a-z0-9_]{1,100}$/);
}

function expectOurEcho(
  { paymentMethodId, customer }: AttachRequest,
  code: number,
  echoed: Echo,
  kept: PaymentMethodSummary,
) {
  expect(code).toBe(200);
  if (!isTestAlias(paymentMethodId)) expect(echoed.id).toBe(paymentMethodId);
  expect(kept).toMatchObject({ paymentMethodId: echoed.id, customer });
  const echoedCustomer = customer.kind === 'customerAccount' ? echoed.customer_account : echoed.customer;
  expect([customer.id, { id: customer.id }]).toContainEqual(echoedCustomer);
}
