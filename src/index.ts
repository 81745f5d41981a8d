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
export type { SetupResult } from './application/useCases/beginSetup.ts';
export type { DetachResult } from './application/useCases/detach.ts';
export type { IngestResult } from './application/useCases/ingest.ts';
export type { SetDefaultResult } from './application/useCases/setDefault.ts';

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

// Sweeps: what compares Stripe with the trail
export type { SweepInput } from './application/commands/sweepCommand.ts';
export type { SweepOptions } from './application/sweep/sweeping.ts';
export type { SweepPolicy } from './application/sweep/sweepPolicy.ts';
export { defaultSweepPolicy } from './application/sweep/sweepPolicy.ts';
export type { SweepFinding, SweepProgress, SweepReport } from './application/sweep/sweepReport.ts';
export type { Disagreement } from './domain/sweeps.ts';
export type { KnownCustomer } from './application/readModels/knownCustomers.ts';
export { knownCustomers } from './application/readModels/knownCustomers.ts';
export { FoldedKnownCustomers } from './application/readModels/foldedKnownCustomers.ts';
export { LocalCursors } from './application/sweep/localCursors.ts';

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
export type { BillingDetails, CardSummary, PaymentMethodSummary, Redacted } from './domain/paymentMethodSummary.ts';
export { evolve, fold, initialState } from './domain/paymentMethod.ts';
export type { Answer, LookUp } from './domain/answers.ts';
export type { RetryPolicy } from './domain/retryPolicy.ts';
export { defaultRetryPolicy } from './domain/retryPolicy.ts';

// Reading a trail
export type { RecordOf, Span, TrailParts } from './application/reading/trail.ts';
export type { TrailSource } from './application/reading/trailSource.ts';
export type { CustomerAsOf } from './application/reading/customerAsOf.ts';
export type { CustomerChange, PaymentMethodChange } from './application/reading/differences.ts';
export { Trail } from './application/reading/trail.ts';
export type { Place, ReadOptions } from './application/reading/readCommand.ts';
export type { SubscribeOptions, SubscriptionsParts } from './application/reading/subscriptions.ts';
export { Subscriptions } from './application/reading/subscriptions.ts';
export type {
  Subscription,
  SubscriptionEnd,
  SubscriptionHooks,
  SubscriptionSettings,
} from './application/reading/subscription.ts';
export type { AppendHints } from './application/ports/appendHints.ts';
export type {
  Checkpoint,
  Checkpoints,
  SkipDecision,
  SkippedEvent,
  StoppedAt,
} from './application/ports/checkpoints.ts';
export type { TrailEvent } from './application/events/eventTypes.ts';

// Read models: documents made of a trail
export type { Projection } from './application/readModels/projection.ts';
export type {
  ListOptions,
  ProjectionsParts,
  ReadModelDocument,
  ReadModelOptions,
} from './application/readModels/projections.ts';
export { Projections } from './application/readModels/projections.ts';
export type { AdvanceOptions, ProjectionProgress } from './application/readModels/advance.ts';
export type {
  CustomerPaymentMethod,
  CustomerPaymentMethods,
} from './application/readModels/paymentMethodsByCustomer.ts';
export { paymentMethodsByCustomer } from './application/readModels/paymentMethodsByCustomer.ts';
export { openAttempts } from './application/readModels/openAttempts.ts';
export type { WishedDefaults } from './application/readModels/wishedDefaults.ts';
export { wishedDefaults } from './application/readModels/wishedDefaults.ts';
export { ProjectedKnownCustomers } from './application/readModels/projectedKnownCustomers.ts';
export { ProjectedOpenAttempts } from './application/readModels/projectedOpenAttempts.ts';
export type {
  Applied,
  DocumentChange,
  Generation,
  ListDocuments,
  ProjectionName,
  ReadDocuments,
  ReadModels,
  Tally,
  TallyDocuments,
} from './application/ports/readModels.ts';

// Verifying a trail
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

// Forgetting a customer; what is kept of a person, and how it is encrypted, is "attach-payment-method/privacy"
export type { ForgetCustomerInput } from './application/commands/customerCommands.ts';
export type { ForgetCustomerResult } from './application/useCases/forgetCustomer.ts';

// The ports, for adapters of your own
export type { Chance } from './application/ports/chance.ts';
export type { Clock } from './application/ports/clock.ts';
export type { IdGenerator } from './application/ports/idGenerator.ts';
export type {
  AppendResult,
  EventStore,
  ExpectedVersion,
  NewEvent,
  OpeningOptions,
  ReadStreamOptions,
  ReadTrailOptions,
  RecordedEvent,
  StreamAppend,
  TrailHead,
} from './application/ports/eventStore.ts';
export type { FieldCipher } from './application/ports/fieldCipher.ts';
export type { CustomerKey, KeyFound, KeyProvider } from './application/ports/keyProvider.ts';
export type { KeyWrapper, WrappedKey } from './application/ports/keyWrapper.ts';
export type { Cursors } from './application/ports/cursors.ts';
export type { KnownCustomers } from './application/ports/knownCustomers.ts';
export type { Leases } from './application/ports/leases.ts';
export type { OpenAttempts, OpenCount, ReadOpenAttempts } from './application/ports/openAttempts.ts';
export type { SealSigner } from './application/ports/sealSigner.ts';
export type { Seal, SealSink } from './application/ports/sealSink.ts';
export type {
  AttachRequest,
  CallOptions,
  EventPage,
  EventsRequest,
  ListedEvent,
  PaymentMethodGateway,
} from './application/ports/paymentMethodGateway.ts';
export type { Timers } from './application/ports/timers.ts';
export { randomIds, systemChance, systemClock, systemTimers } from './adapters/system/system.ts';

// Watching: traces, metrics and logs
export type {
  AppendBatch,
  AppendBegun,
  AppendEnded,
  Observation,
  Observer,
  SettlingBegun,
  SettlingEnded,
  StripeRequestBegun,
  StripeRequestEnded,
  UseCaseBegun,
  UseCaseEnded,
  UseCaseName,
} from './application/ports/observer.ts';
export { combineObservers } from './application/observing/combineObservers.ts';
export { requestLogUrl } from './application/observing/requestLog.ts';

// Errors
export type { ErrorDetails, PaymentMethodsErrorCode } from './application/errors.ts';
export { isPaymentMethodsError, PaymentMethodsError } from './application/errors.ts';
