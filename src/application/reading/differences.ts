import type { CustomerReference, PaymentMethodId } from '../../domain/identifiers.ts';
import type { PaymentMethodState } from '../../domain/paymentMethod.ts';
import type { CardSummary } from '../../domain/paymentMethodSummary.ts';
import type { CustomerPaymentMethod, CustomerPaymentMethods } from '../readModels/paymentMethodsByCustomer.ts';

type Status = PaymentMethodState['status'];

/** What is otherwise with one payment method. */
export type PaymentMethodChange =
  | { readonly change: 'status'; readonly from: Status; readonly to: Status }
  | { readonly change: 'customer'; readonly from: CustomerReference | null; readonly to: CustomerReference | null }
  | { readonly change: 'type'; readonly from: string | null; readonly to: string | null }
  | { readonly change: 'card'; readonly from: CardSummary | null; readonly to: CardSummary | null };

/** What is otherwise with a customer. `added`: a payment method that was not there before, as it is after. */
export type CustomerChange =
  | { readonly change: 'added'; readonly paymentMethod: CustomerPaymentMethod }
  | ({ readonly paymentMethodId: PaymentMethodId } & Exclude<PaymentMethodChange, { readonly change: 'customer' }>)
  | { readonly change: 'default'; readonly from: PaymentMethodId | null; readonly to: PaymentMethodId | null }
  | { readonly change: 'deleted' };

/** What changed of a payment method between two of its states; nothing where they say the same. */
export function differenceOf(before: PaymentMethodState, after: PaymentMethodState): readonly PaymentMethodChange[] {
  const [from, to] = [attachmentOf(before), attachmentOf(after)];
  return [
    ...changed('status', before.status, after.status),
    ...changed('customer', from.customer, to.customer),
    ...changed('type', from.type, to.type),
    ...changed('card', from.card, to.card),
  ];
}

/** What changed of a customer; nothing can go away but the default. */
export function customerDifferenceOf(
  before: CustomerPaymentMethods,
  after: CustomerPaymentMethods,
): readonly CustomerChange[] {
  const known = new Map(before.paymentMethods.map((one) => [one.paymentMethodId, one]));
  const ofPaymentMethods = after.paymentMethods.flatMap((paymentMethod): readonly CustomerChange[] => {
    const { paymentMethodId } = paymentMethod;
    const was = known.get(paymentMethodId);
    if (was === undefined) return [{ change: 'added', paymentMethod }];
    return [
      ...changed('status', was.status, paymentMethod.status),
      ...changed('type', was.type, paymentMethod.type),
      ...changed('card', was.card, paymentMethod.card),
    ].map((change) => ({ paymentMethodId, ...change }));
  });
  return [
    ...ofPaymentMethods,
    ...changed('default', before.defaultPaymentMethodId, after.defaultPaymentMethodId),
    ...(after.isDeleted && !before.isDeleted ? [{ change: 'deleted' as const }] : []),
  ];
}

function changed<Name extends string, Value>(change: Name, from: Value, to: Value) {
  return JSON.stringify(from) === JSON.stringify(to) ? [] : [{ change, from, to }];
}

/** Whose it is, and what; none of it while it is not attached. */
function attachmentOf(state: PaymentMethodState): {
  readonly customer: CustomerReference | null;
  readonly type: string | null;
  readonly card: CardSummary | null;
} {
  return state.status === 'attached' ? state : { customer: null, type: null, card: null };
}
