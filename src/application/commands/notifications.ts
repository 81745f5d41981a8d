import type {
  AttemptId,
  CustomerId,
  CustomerReference,
  PaymentMethodId,
  SetupIntentId,
} from '../../domain/identifiers.ts';
import type { PaymentMethodSummary } from '../../domain/paymentMethodSummary.ts';

/** What every notification carries. */
type Notified = {
  /** Stripe's id of the event (`evt_…`) */
  readonly notificationId: string;
  /** Stripe's id of the request that did it (`req_…`); null where none did */
  readonly requestId: string | null;
  /** the idempotency key of that request, by which an attempt of ours is known */
  readonly idempotencyKey: string | null;
};

/**
 * What Stripe tells of payment methods without being asked, reduced to what the trail needs. `alsoNamed` is the account that
 * a customer is as well, where Stripe names both.
 */
export type Notification = Notified &
  (
    | {
        readonly type: 'paymentMethodAttached';
        readonly paymentMethod: PaymentMethodSummary & { readonly customer: CustomerReference };
        readonly alsoNamed?: CustomerReference | null | undefined;
      }
    | {
        readonly type: 'paymentMethodDetached';
        readonly paymentMethod: PaymentMethodSummary;
        /** whom it was attached to, where Stripe says */
        readonly customer: CustomerReference | null;
        readonly alsoNamed?: CustomerReference | null | undefined;
      }
    | { readonly type: 'paymentMethodUpdated'; readonly paymentMethodId: PaymentMethodId }
    | {
        readonly type: 'setupSucceeded';
        readonly setupIntentId: SetupIntentId;
        readonly paymentMethodId: PaymentMethodId;
        /** the attempt that our metadata names; null where somebody else began it */
        readonly attemptId: AttemptId | null;
        /** whose it is; null where it was for nobody */
        readonly customer: CustomerReference | null;
        readonly alsoNamed?: CustomerReference | null | undefined;
      }
    | { readonly type: 'customerDeleted'; readonly customerId: CustomerId }
    /** nothing that the trail keeps: it is accepted and leaves no event */
    | { readonly type: 'other' }
  );
