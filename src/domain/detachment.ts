import type { OpenRequest } from './keyedRequest.ts';
import { spendsKey } from './keyedRequest.ts';
import type {
  DetachmentOutcomeUnknown,
  DetachmentRejected,
  DetachmentRequested,
  OfDetachment,
} from './paymentMethodEvents.ts';

/** A detachment whose outcome is open. Until it is known, the payment method stands as it stood. */
export type OpenDetachment = OpenRequest &
  OfDetachment & {
    /** the keys it went out under before: it may be detached by one of them */
    readonly formerKeys: readonly string[];
  };

export type RejectedDetachment = Omit<DetachmentRejected['data'], 'evidence'>;

/** What is remembered of the detachments of a payment method. */
export type Detachments = {
  readonly detachment: OpenDetachment | null;
  readonly rejectedDetachments: readonly RejectedDetachment[];
};

/** The next state of its detachments. */
export function evolveDetachment(
  { detachment, rejectedDetachments }: Detachments,
  event: DetachmentRequested | DetachmentRejected | DetachmentOutcomeUnknown,
): Detachments {
  switch (event.type) {
    case 'DetachmentRequested': {
      const formerKeys = detachment === null ? [] : [...detachment.formerKeys, detachment.idempotencyKey];
      return { rejectedDetachments, detachment: { ...event.data, formerKeys, cause: null, keyIsSpent: false } };
    }
    case 'DetachmentRejected': {
      const { evidence: _, ...rejected } = event.data;
      return { rejectedDetachments: [...rejectedDetachments, rejected], detachment: null };
    }
    case 'DetachmentOutcomeUnknown': {
      const { cause } = event.data;
      const keyIsSpent = detachment?.keyIsSpent === true || spendsKey(event.data);
      return { rejectedDetachments, detachment: detachment && { ...detachment, cause, keyIsSpent } };
    }
    default:
      return event satisfies never;
  }
}
