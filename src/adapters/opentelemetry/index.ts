export type { ObserveTrailParts } from './observeTrail.ts';
export { observeTrail } from './observeTrail.ts';
export type { OpenTelemetryObserverOptions } from './openTelemetryObserver.ts';
export { OpenTelemetryObserver } from './openTelemetryObserver.ts';
