import type { CustomerReference, PaymentMethodId } from '../../domain/identifiers.ts';
import { isTestAlias } from '../../domain/identifiers.ts';
import type { CardSummary } from '../../domain/paymentMethodSummary.ts';
import type { TrailRecord } from '../events/eventCodec.ts';
import type { TrailEvent } from '../events/eventTypes.ts';
import { customerOf } from '../events/customerOf.ts';
import type { Projection } from './projection.ts';

/** How a payment method stands with a customer. */
export type CustomerPaymentMethod = {
  readonly paymentMethodId: PaymentMethodId;
  /** `attaching` and `outcomeUnknown` are open: it may be attached */
  readonly status: 'attaching' | 'outcomeUnknown' | 'attached' | 'rejected' | 'detached';
  /** Stripe's `type`, an open set; null until it was attached */
  readonly type: string | null;
  readonly card: CardSummary | null;
  /** the last event that bore on it */
  readonly lastEvent: { readonly type: string; readonly position: number; readonly recordedAt: string };
};

/** What the trail knows of a customer's payment methods. */
export type CustomerPaymentMethods = {
  /** `cus_…`, or `acct_…` of an account that acts as a customer */
  readonly customerId: CustomerReference['id'];
  readonly isDeleted: boolean;
  /** the one that this module set last, while it is attached; the dashboard may have set another since */
  readonly defaultPaymentMethodId: PaymentMethodId | null;
  /** in the order in which they were first asked for, or seen */
  readonly paymentMethods: readonly CustomerPaymentMethod[];
};

type Customers = CustomerPaymentMethods | undefined;

/**
 * The payment methods of each customer, under the customer's id: also those it wanted and did not get, and those it had. A
 * test alias such as `pm_card_visa` is none; the payment method that Stripe makes of it is.
 */
export const paymentMethodsByCustomer: Projection<CustomerPaymentMethods> = {
  name: 'paymentMethodsByCustomer',
  version: 1,
  keyOf: ({ event }) => customerOf(event) ?? undefined,
  handlers: {
    AttachmentRequested: (before, record) => stands(before, record, { status: 'attaching' }),
    IdempotencyKeyRenewed: (before, record) => stands(before, record, { status: 'attaching' }),
    AttachmentOutcomeUnknown: (before, record) => stands(before, record, { status: 'outcomeUnknown' }),
    AttachmentRejected: (before, record) => stands(before, record, { status: 'rejected' }),
    PaymentMethodAttached: (before, record) => {
      const { type, card } = record.event.data;
      return stands(before, record, { status: 'attached', type, card });
    },
    PaymentMethodUpdated: (before, record) => {
      const { type, card } = record.event.data;
      return stands(before, record, { type, card });
    },
    PaymentMethodDetached: (before, record) => {
      const after = stands(before, record, { status: 'detached' });
      const isDefault = after?.defaultPaymentMethodId === record.event.data.paymentMethodId;
      return after !== undefined && isDefault ? { ...after, defaultPaymentMethodId: null } : after;
    },
    DefaultPaymentMethodSet: (before, record) => {
      const { customerId, paymentMethodId } = record.event.data;
      return { ...(before ?? withoutPaymentMethods(customerId)), defaultPaymentMethodId: paymentMethodId };
    },
    CustomerDeleted: (before, record) => {
      const { customerId } = record.event.data;
      const { paymentMethods, ...customer } = before ?? withoutPaymentMethods(customerId);
      const lastEvent = noteOf(record);
      // Stripe detaches them with the customer.
      const left = paymentMethods.map((one) =>
        one.status === 'attached' ? { ...one, status: 'detached' as const, lastEvent } : one,
      );
      return { ...customer, isDeleted: true, defaultPaymentMethodId: null, paymentMethods: left };
    },
  },
};

type AboutOne = TrailRecord<
  Extract<TrailEvent, { data: { paymentMethodId: PaymentMethodId; customer: CustomerReference | null } }>
>;
type Change = Partial<Pick<CustomerPaymentMethod, 'status' | 'type' | 'card'>>;

function stands(before: Customers, record: AboutOne, change: Change): Customers {
  const { paymentMethodId, customer } = record.event.data;
  if (customer === null || isTestAlias(paymentMethodId)) return before;
  const { paymentMethods, ...rest } = before ?? withoutPaymentMethods(customer.id);
  const lastEvent = noteOf(record);
  const known = paymentMethods.some((one) => one.paymentMethodId === paymentMethodId);
  const changed = known
    ? paymentMethods.map((one) => (one.paymentMethodId === paymentMethodId ? { ...one, ...change, lastEvent } : one))
    : [
        ...paymentMethods,
        { paymentMethodId, status: 'attached' as const, type: null, card: null, ...change, lastEvent },
      ];
  return { ...rest, paymentMethods: changed };
}

/** Of a customer that nothing was recorded of. */
export function withoutPaymentMethods(customerId: CustomerReference['id']): CustomerPaymentMethods {
  return { customerId, isDeleted: false, defaultPaymentMethodId: null, paymentMethods: [] };
}

function noteOf({ event: { type }, position, recordedAt }: TrailRecord): CustomerPaymentMethod['lastEvent'] {
  return { type, position, recordedAt };
}
