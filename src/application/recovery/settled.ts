import { rejectionOf } from '../../domain/attempts.ts';
import type { CustomerState, SupersededDefault } from '../../domain/customer.ts';
import type { UnknownCause } from '../../domain/evidence.ts';
import type { PaymentMethodState } from '../../domain/paymentMethod.ts';
import { isOpen } from '../../domain/paymentMethod.ts';
import type { SetupState } from '../../domain/setup.ts';
import type { OpenRequestNote } from '../readModels/openAttempts.ts';
import type { SetDefaultResult } from '../useCases/setDefault.ts';
import type { SettledOutcome } from './recoveryReport.ts';

/** Where a request stands: open still, and why, or how it ended. */
export type Standing =
  | { readonly isOpen: true; readonly why: UnknownCause | null }
  | { readonly isOpen: false; readonly outcome: SettledOutcome };

export function standingOfAttachment({ attemptId }: OpenRequestNote, state: PaymentMethodState): Standing {
  if (isOpen(state) && state.attempt.attemptId === attemptId) {
    return { isOpen: true, why: state.status === 'outcomeUnknown' ? state.cause : null };
  }
  if (rejectionOf(attemptId, state) !== null) return ended('rejected');
  if (state.status === 'attached' || state.status === 'cloned') return ended('attached');
  return ended(state.status === 'detached' ? 'detached' : 'gone');
}

export function standingOfDetachment({ attemptId }: OpenRequestNote, state: PaymentMethodState): Standing {
  const { detachment, rejectedDetachments } = state;
  if (detachment?.attemptId === attemptId) return { isOpen: true, why: detachment.cause };
  if (state.status === 'detached') return ended('detached');
  return ended(rejectedDetachments.some((one) => one.attemptId === attemptId) ? 'rejected' : 'gone');
}

export function standingOfDefault({ attemptId, paymentMethodId }: OpenRequestNote, state: CustomerState): Standing {
  const { open, set, rejected, superseded, isDeleted } = state;
  if (open?.attemptId === attemptId) return { isOpen: true, why: open.cause };
  if (set.some((one) => one.attemptId === attemptId)) return ended('set');
  if (rejected.some((one) => one.attemptId === attemptId)) return ended('rejected');
  // What the attempt wished for besides, of another payment method, says nothing of this one.
  const isIt = (one: Pick<SupersededDefault, 'attemptId' | 'paymentMethodId'>) =>
    one.attemptId === attemptId && one.paymentMethodId === paymentMethodId;
  if (superseded.some(isIt)) return ended('superseded');
  return ended(isDeleted ? 'customerDeleted' : 'gone');
}

/** Of one that an attach wished for; null where it wishes for none any more. */
export function standingOfWish(result: SetDefaultResult | null): Standing {
  if (result === null) return ended('gone');
  switch (result.outcome) {
    case 'unknown':
      return { isOpen: true, why: result.cause === 'attemptInProgress' ? null : result.cause };
    case 'rejected':
      return ended(result.reason === 'customerDeleted' ? 'customerDeleted' : 'rejected');
    case 'set':
    case 'superseded':
      return ended(result.outcome);
    default:
      return result satisfies never;
  }
}

export function standingOfSetup(state: SetupState): Standing {
  if (state.status === 'requested') return { isOpen: true, why: state.open.cause };
  return ended(state.status === 'unasked' ? 'gone' : state.status);
}

function ended(outcome: SettledOutcome): Standing {
  return { isOpen: false, outcome };
}
