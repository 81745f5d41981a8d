import type { CustomerReference, PaymentMethodId } from '../../domain/identifiers.ts';
import type { Projection } from './projection.ts';

/** A customer that something was attached to, or asked to be. */
export type KnownCustomer = {
  readonly customer: CustomerReference;
  /** what the trail has attached to it now */
  readonly paymentMethodIds: readonly PaymentMethodId[];
};

/** The customers of a trail, under their ids. None is ever forgotten: a sweep looks at those that have nothing left too. */
export const knownCustomers: Projection<KnownCustomer> = {
  name: 'knownCustomers',
  version: 1,
  keyOf: ({ event: { type, data } }) =>
    Object.hasOwn(knownCustomers.handlers, type) && 'customer' in data ? data.customer?.id : undefined,
  handlers: {
    AttachmentRequested: (known, { event: { data } }) => known ?? { customer: data.customer, paymentMethodIds: [] },
    SetupRequested: (known, { event: { data } }) => known ?? { customer: data.customer, paymentMethodIds: [] },
    PaymentMethodAttached: (known, { event: { data } }) => {
      const { customer, paymentMethodId } = data;
      return { customer, paymentMethodIds: [...without(known, paymentMethodId), paymentMethodId] };
    },
    PaymentMethodDetached: (known, { event: { data } }) =>
      known && { ...known, paymentMethodIds: without(known, data.paymentMethodId) },
  },
};

function without(known: KnownCustomer | undefined, id: PaymentMethodId): readonly PaymentMethodId[] {
  return known?.paymentMethodIds.filter((one) => one !== id) ?? [];
}
