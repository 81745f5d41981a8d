import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAttach } from '../../../../src/adapters/stripe/operations/attach.ts';
import { readLookUp } from '../../../../src/adapters/stripe/operations/lookUp.ts';
import { attachRequest, pm, stripePaymentMethod } from '../samples.ts';

type Json = Readonly<Record<string, unknown>>;

const enumValue = fc.string({ minLength: 1, maxLength: 100 });
const card = stripePaymentMethod()['card'] as Json;

/** A payment method of which every enum is one never seen before. */
const newEnums = fc
  .record({ type: enumValue, brand: enumValue, funding: enumValue, check: enumValue, redisplay: enumValue })
  .map(({ type, brand, funding, check, redisplay }) => {
    const checks = { address_line1_check: check, address_postal_code_check: check, cvc_check: check };
    const newCard = { ...card, brand, funding, display_brand: brand, checks, wallet: { type: brand, [brand]: {} } };
    return stripePaymentMethod({ type, allow_redisplay: redisplay, card: newCard });
  });

/** Fields that are only shown to people, with anything in them. */
const onlyShown = fc
  .record({ country: fc.jsonValue(), fingerprint: fc.jsonValue(), wallet: fc.jsonValue(), checks: fc.jsonValue() })
  .map((shown) => stripePaymentMethod({ card: { ...card, ...shown } }));

/** Adds these fields to every object in it that has none of that name. */
function withEverywhere(value: unknown, extra: Json): unknown {
  if (Array.isArray(value)) return value.map((one) => withEverywhere(one, extra));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, inner]) => [name, withEverywhere(inner, extra)] as const);
  return { ...extra, ...Object.fromEntries(entries) };
}

const named = new Set(['customer_account', 'deleted']);
const extraFields = fc
  .dictionary(fc.string({ minLength: 1 }), fc.jsonValue())
  .map((extra) => Object.fromEntries(Object.entries(extra).filter(([name]) => !named.has(name))));

describe('what Stripe may add without a new version changes no answer', () => {
  it.each([
    ['enum values never seen before', newEnums],
    ['anything in what is only shown', onlyShown],
    [
      'fields never seen before, in every object',
      extraFields.map((extra) => withEverywhere(stripePaymentMethod(), extra)),
    ],
  ])('%s', (_title, bodies) => {
    fc.assert(
      fc.property<[unknown]>(bodies, (body) => {
        const known = { paymentMethodId: 'pm_1', customer: { kind: 'customer', id: 'cus_1' } };
        expect(readAttach(attachRequest(), { status: 200, shouldRetry: null, body })).toMatchObject({
          verdict: 'known',
          known: { answer: 'attached', paymentMethod: known },
        });
        expect(readLookUp(pm('pm_1'), undefined, { status: 200, shouldRetry: null, body })).toMatchObject({
          verdict: 'known',
          known: { look: 'found', paymentMethod: known },
        });
      }),
      { numRuns: 500 },
    );
  });
});
