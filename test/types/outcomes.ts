/** Compiled, never run: that outcomes, events and answers are told apart by one literal, and that none can be forgotten. */
import type {
  Answer,
  AppendResult,
  AttachResult,
  LookUp,
  PaymentMethodEvent,
  PaymentMethods,
  PaymentMethodState,
  ReconcileResult,
  TrailEvent,
  Verification,
} from 'attach-payment-method';
import type { SealResult } from 'attach-payment-method/audit';

type ResultOf<Call extends 'detach' | 'setDefault' | 'beginSetup'> = Awaited<ReturnType<PaymentMethods[Call]>>;

export function ofAttach(result: AttachResult): string {
  switch (result.outcome) {
    case 'attached':
      return result.paymentMethodId;
    case 'rejected':
      return result.reason;
    case 'unknown':
      return result.cause;
    default:
      return result satisfies never;
  }
}

export function ofAttachForgetful(result: AttachResult): string {
  if (result.outcome === 'attached' || result.outcome === 'rejected') return result.paymentMethodId;
  // @ts-expect-error An unknown outcome is left, and is no attachment and no rejection.
  return result satisfies never;
}

export function ofReconcile(result: ReconcileResult): string {
  switch (result.outcome) {
    case 'attached':
    case 'rejected':
    case 'unknown':
      return ofAttach(result);
    case 'unattached':
    case 'detached':
      return result.paymentMethodId;
    default:
      return result satisfies never;
  }
}

export function ofOtherUseCases(result: ResultOf<'detach'> | ResultOf<'setDefault'> | ResultOf<'beginSetup'>): string {
  switch (result.outcome) {
    case 'detached':
    case 'set':
    case 'superseded':
      return result.paymentMethodId;
    case 'begun':
    case 'succeeded':
      return result.setupIntentId;
    case 'rejected':
      return result.reason;
    case 'unknown':
      return result.cause;
    default:
      return result satisfies never;
  }
}

export function withoutLookingAtTheOutcome(result: AttachResult): void {
  // @ts-expect-error Only a rejection has a reason.
  void result.reason;
  // @ts-expect-error Only an unknown outcome has a cause.
  void result.cause;
}

/** These two nos are for now: something else has to be settled first. */
export function mayAskAgain(attached: AttachResult, detached: ResultOf<'detach'>): boolean {
  const isAttachHeld = attached.outcome === 'rejected' && attached.reason === 'detachmentOpen';
  return isAttachHeld || (detached.outcome === 'rejected' && detached.reason === 'attachmentOpen');
}

export function ofAnswers(answer: Answer, look: LookUp): boolean {
  switch (answer.answer) {
    case 'attached':
    case 'rejected':
    case 'unknown':
      break;
    default:
      return answer satisfies never;
  }
  switch (look.look) {
    case 'found':
    case 'notFound':
    case 'unknown':
      return true;
    default:
      return look satisfies never;
  }
}

export function nextStep(state: PaymentMethodState): string {
  switch (state.status) {
    case 'unattached':
    case 'attaching':
    case 'outcomeUnknown':
    case 'attached':
    case 'cloned':
    case 'rejected':
    case 'detached':
      return state.status;
    default:
      return state satisfies never;
  }
}

export function ofEvents(event: PaymentMethodEvent): string {
  switch (event.type) {
    case 'AttachmentRequested':
    case 'IdempotencyKeyRenewed':
    case 'PaymentMethodAttached':
    case 'AttachmentAttributed':
    case 'AttachmentRejected':
    case 'AttachmentRefused':
    case 'AttachmentOutcomeUnknown':
    case 'PaymentMethodCloned':
    case 'PaymentMethodUpdated':
    case 'DetachmentRequested':
    case 'DetachmentRejected':
    case 'DetachmentOutcomeUnknown':
    case 'PaymentMethodDetached':
      return event.data.paymentMethodId;
    default:
      return event satisfies never;
  }
}

export function ofEventsOfCustomersAndSetups(event: Exclude<TrailEvent, PaymentMethodEvent>): string {
  switch (event.type) {
    case 'DefaultPaymentMethodWished':
    case 'DefaultPaymentMethodRequested':
    case 'DefaultPaymentMethodSet':
    case 'DefaultPaymentMethodRejected':
    case 'DefaultPaymentMethodOutcomeUnknown':
    case 'CustomerDeleted':
      return event.data.customerId;
    case 'CustomerForgotten':
      return event.data.customer.id;
    case 'SetupRequested':
    case 'SetupBegun':
    case 'SetupRejected':
    case 'SetupOutcomeUnknown':
    case 'SetupSucceeded':
      return event.data.attemptId;
    default:
      return event satisfies never;
  }
}

export function ofTrails(appended: AppendResult, verified: Verification, sealed: SealResult): number {
  switch (appended.result) {
    case 'appended':
      return appended.streams.length;
    case 'conflict':
      return appended.conflicts.length;
    default:
      appended satisfies never;
  }
  switch (sealed.result) {
    case 'sealed':
      return sealed.seal.position;
    case 'unchanged':
      return sealed.seal?.position ?? 0;
    default:
      sealed satisfies never;
  }
  return verified.intact ? verified.sealedUpTo : verified.position;
}
