export type { FakeFaultOptions, FakePaymentGatewayOptions, FakeRequest } from '../adapters/fake/index.ts';
export { FakePaymentGateway } from '../adapters/fake/index.ts';
export { InMemoryCheckpoints } from '../adapters/memory/inMemoryCheckpoints.ts';
export type { InMemoryEventStoreOptions } from '../adapters/memory/inMemoryEventStore.ts';
export { InMemoryEventStore } from '../adapters/memory/inMemoryEventStore.ts';
export { InMemoryKeyProvider } from '../adapters/memory/inMemoryKeyProvider.ts';
export { InMemoryReadModels } from '../adapters/memory/inMemoryReadModels.ts';
export type {
  AccountWorld,
  DeliveryAttempt,
  Effect,
  Fault,
  Keeps,
  Match,
  NewCustomer,
  NewPaymentMethod,
  Owner,
  RandomFaults,
  RateLimits,
  ReleaseOrder,
  RequestEntry,
  ScriptedFault,
  Signed,
  Simulator,
  SimulatorOptions,
  StripeAccountOptions,
  WebhookDelivery,
  WebhookPlan,
  Webhooks,
  Where,
} from '../adapters/simulator/index.ts';
export { StripeAccount, signatureHeader, startSimulator } from '../adapters/simulator/index.ts';
export type { MakeCheckpoints } from './checkpointsContract.ts';
export { checkpointsContract } from './checkpointsContract.ts';
export type { ContractCase, MakeStore } from './eventStore/support.ts';
export { cursorsContract } from './cursorsContract.ts';
export { eventStoreContract } from './eventStoreContract.ts';
export { keyProviderContract } from './keyProviderContract.ts';
export { leasesContract } from './leasesContract.ts';
export type { MakeGateway } from './paymentMethodGateway/support.ts';
export { paymentMethodGatewayContract } from './paymentMethodGatewayContract.ts';
export type { GivenEvent, ProjectionSpec } from './projectionSpec.ts';
export { projectionSpec, replayed } from './projectionSpec.ts';
export type { MakeReadModels } from './readModels/support.ts';
export { readModelsContract } from './readModelsContract.ts';
export {
  assertAsked,
  assertAttached,
  assertRecorded,
  assertRejected,
  assertUnknown,
} from './assertions.ts';
export { anEvent } from './builders/events.ts';
export { attemptId, customerId, customerReference, paymentMethodId, setupIntentId } from './builders/ids.ts';
export { aCard, aPaymentMethod, someEvidence } from './builders/parts.ts';
export { aRecord, recordEvents } from './builders/recording.ts';
export { ManualTime } from './manualTime.ts';
export { sequentialIds } from './sequentialIds.ts';
export type { TestParts, TestPaymentMethods } from './testPaymentMethods.ts';
export { testPaymentMethods } from './testPaymentMethods.ts';
