export type { LogFields, Logger } from './logger.ts';
export { LoggingObserver } from './loggingObserver.ts';
