import type { UnknownCause } from '../../domain/evidence.ts';
import type { PaymentMethodId } from '../../domain/identifiers.ts';
import type { Disagreement } from '../../domain/sweeps.ts';

/** Something that Stripe and the trail did not have in common. */
export type SweepFinding = {
  /** `…Missed`: recorded by this sweep. All others stand, and need a human. */
  readonly finding:
    | 'attachmentMissed'
    | 'detachmentMissed'
    | 'updateMissed'
    | 'setupMissed'
    | 'customerDeletionMissed'
    | Disagreement
    /** Stripe does not know a customer of the trail: another account's, or another mode's */
    | 'customerNotAtStripe'
    /** an event that matters and cannot be read: look at it in the Dashboard */
    | 'eventUnreadable';
  readonly paymentMethodId: PaymentMethodId | null;
  /** `cus_…` or `acct_…` */
  readonly customerId: string | null;
  /** Stripe's event that told of it */
  readonly eventId: string | null;
};

/** What one sweep did. */
export type SweepReport = {
  readonly requests: number;
  readonly events: number;
  readonly customers: number;
  readonly paymentMethods: number;
  readonly findings: readonly SweepFinding[];
  /**
   * true where Stripe's events (30 days) do not reach back to the last sweep, or to an attachment or detachment that fails, or
   * there was no sweep, or a page of them cannot be read: all customers are read instead
   */
  readonly eventsMissed: boolean;
  /** true where such a read of all customers is not done yet: the next pass goes on with it, or once enough of `customersUnread` went through */
  readonly isFullReadOpen: boolean;
  /** how many customers failed or were not answered about when they were read last, and are to be tried again; 500 stands for more too */
  readonly customersUnread: number;
  /**
   * why it ended early; null where it came to its end. The next pass goes on from there. `storeUnavailable`: something of the
   * store did not answer, such as what opens its customers' keys.
   */
  readonly stopped: 'signal' | 'elsewhere' | 'storeUnavailable' | UnknownCause | null;
  /**
   * what went wrong with one event or customer, or while events were read (`events`): the sweeps to come try it again. Where the sweep
   * `stopped`, the last of these may be why
   */
  readonly errors: readonly { readonly subject: string; readonly error: unknown }[];
};

/** What a sweep has counted so far. */
export type SweepProgress = Pick<SweepReport, 'requests' | 'events' | 'customers' | 'paymentMethods'> & {
  readonly findings: number;
};
