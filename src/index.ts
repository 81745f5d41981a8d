// The use cases
export type { PaymentMethodsParts } from './application/paymentMethods.ts';
export { PaymentMethods } from './application/paymentMethods.ts';
export type { CallContext } from './application/commands/commandParts.ts';
export type {
  AsOf,
  AttachInput,
  DetachInput,
  HistoryOptions,
  ReconcileInput,
} from './application/commands/commands.ts';
export type { BeginSetupInput, SetDefaultInput } from './application/commands/customerCommands.ts';
export type {
  AttachedResult,
  AttachResult,
  History,
  ReconcileResult,
  RejectedResult,
  UnknownResult,
} from './application/useCases/results.ts';

// Recovery: what finishes the attempts that crashes and doubts left open
export type { RecoverOptions } from './application/recovery/recovering.ts';
export type { RecoveryPolicy } from './application/recovery/recoveryPolicy.ts';
export { defaultRecoveryPolicy } from './application/recovery/recoveryPolicy.ts';
export type { RecoveryReport, ReportedRequest, SettledOutcome } from './application/recovery/recoveryReport.ts';
export type { RecoveryWorkerParts } from './application/recovery/recoveryWorker.ts';
export { RecoveryWorker } from './application/recovery/recoveryWorker.ts';
export type { OpenRequestNote, OpenStream, RequestSort } from './application/readModels/openAttempts.ts';
export { FoldedOpenAttempts } from './application/readModels/foldedOpenAttempts.ts';
export { LocalLeases } from './application/recovery/localLeases.ts';

// The domain: what a payment method's story is made of
export type { AccountId, AttemptId, CustomerId, CustomerReference, PaymentMethodId } from './domain/identifiers.ts';
export type { Evidence, EvidenceSource, WireTry } from './domain/evidence.ts';
export type { OpenAttempt, PaymentMethodState, RejectedAttempt } from './domain/paymentMethod.ts';
export type {
  AttachmentOutcomeUnknown,
  AttachmentRefused,
  AttachmentRejected,
  AttachmentRequested,
  IdempotencyKeyRenewed,
  PaymentMethodAttached,
  PaymentMethodCloned,
  PaymentMethodDetached,
  PaymentMethodEvent,
  RefusalReason,
  Rejection,
  RejectionReason,
} from './domain/paymentMethodEvents.ts';
export type { UnknownCause } from './domain/evidence.ts';
export type { CardSummary, PaymentMethodSummary } from './domain/paymentMethodSummary.ts';
export { evolve, fold, initialState } from './domain/paymentMethod.ts';
export type { Answer, LookUp } from './domain/answers.ts';
export type { RetryPolicy } from './domain/retryPolicy.ts';
export { defaultRetryPolicy } from './domain/retryPolicy.ts';

// Reading a trail
export type { EventMetadata, PaymentMethodRecord, TrailRecord } from './application/events/eventCodec.ts';
export { decodeEvent } from './application/events/eventCodec.ts';
export { genesisHash, hashInput } from './application/trail/hashInput.ts';
export { sealInput } from './application/trail/seals.ts';
export type { IsSigned } from './application/trail/checkSeals.ts';
export type { Finding, TrailProblem } from './application/trail/trailProblem.ts';
export type {
  NextHash,
  ReadableTrail,
  TrailCrypto,
  Verification,
  VerifyOptions,
  VerifyProgress,
} from './application/trail/verifyTrail.ts';
export { verifyTrail } from './application/trail/verifyTrail.ts';

// The ports, for adapters of your own
export type { Chance } from './application/ports/chance.ts';
export type { Clock } from './application/ports/clock.ts';
export type { IdGenerator } from './application/ports/idGenerator.ts';
export type {
  AppendResult,
  EventStore,
  ExpectedVersion,
  NewEvent,
  ReadStreamOptions,
  ReadTrailOptions,
  RecordedEvent,
  StreamAppend,
  TrailHead,
} from './application/ports/eventStore.ts';
export type { Leases } from './application/ports/leases.ts';
export type { OpenAttempts, ReadOpenAttempts } from './application/ports/openAttempts.ts';
export type { SealSigner } from './application/ports/sealSigner.ts';
export type { Seal, SealSink } from './application/ports/sealSink.ts';
export type { AttachRequest, CallOptions, PaymentMethodGateway } from './application/ports/paymentMethodGateway.ts';
export type { Timers } from './application/ports/timers.ts';
export { randomIds, systemChance, systemClock, systemTimers } from './adapters/system/system.ts';

// Errors
export type { ErrorDetails, PaymentMethodsErrorCode } from './application/errors.ts';
export { isPaymentMethodsError, PaymentMethodsError } from './application/errors.ts';
