import type Stripe from 'stripe';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { z } from 'zod';
import type { customerSchema } from '../../../../src/adapters/stripe/objects/customer.ts';
import type { setupIntentSchema } from '../../../../src/adapters/stripe/objects/setupIntent.ts';
import type { pageSchema } from '../../../../src/adapters/stripe/operations/listPaymentMethods.ts';
import { paymentMethodSchema } from '../../../../src/adapters/stripe/objects/paymentMethod.ts';
import { readAttach } from '../../../../src/adapters/stripe/operations/attach.ts';
import { attachRequest } from '../samples.ts';
import { hashes, paymentMethodOf } from './paymentMethodTypes.ts';

const types = Object.keys(hashes) as Stripe.PaymentMethod.Type[];

describe('whatever the official SDK says may be answered, our schemas take', () => {
  it('by its types (which the typecheck compares)', () => {
    expectTypeOf<Stripe.PaymentMethod>().toExtend<z.input<typeof paymentMethodSchema>>();
    // `deleted` is void there: it is never sent.
    expectTypeOf<Omit<Stripe.Customer, 'deleted'>>().toExtend<z.input<typeof customerSchema>>();
    expectTypeOf<Stripe.DeletedCustomer>().toExtend<z.input<typeof customerSchema>>();
    // On purpose: without its secret a SetupIntent is of no use, so null is not taken.
    type WithSecret = Stripe.SetupIntent & { readonly client_secret: string };
    expectTypeOf<WithSecret>().toExtend<z.input<typeof setupIntentSchema>>();
    expectTypeOf<Stripe.ApiList<Stripe.PaymentMethod>>().toExtend<z.input<typeof pageSchema>>();
  });

  it('knows all 52 types of 2025-10-29.clover', () => {
    expect(types).toHaveLength(52);
  });

  it.each(types)('a payment method of type %s is attached, with its type', (type) => {
    const answered = {
      status: 200,
      shouldRetry: null,
      body: JSON.parse(JSON.stringify(paymentMethodOf(type))) as unknown,
    };
    expect(paymentMethodSchema.safeParse(answered.body).error).toBeUndefined();
    expect(readAttach(attachRequest(), answered)).toMatchObject({
      verdict: 'known',
      known: { answer: 'attached', paymentMethod: { type, card: type === 'card' ? { brand: 'visa' } : null } },
    });
  });
});
