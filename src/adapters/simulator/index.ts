export { documentedExample } from './documentedExample.ts';
export type { Fault, ScriptedFault } from './faults.ts';
export type { Simulator, SimulatorOptions } from './server.ts';
export { startSimulator } from './server.ts';
export type { Call, Delivery, NewPaymentMethod, StripeAccountOptions } from './stripeAccount.ts';
export { StripeAccount } from './stripeAccount.ts';
export type { Effect } from './vault.ts';
export type { StripeRequest, StripeResponse } from './wire.ts';
