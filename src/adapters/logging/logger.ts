/** What a line says besides its message: literals, ids and numbers. */
export type LogFields = Readonly<Record<string, string | number | boolean | null>>;

/**
 * Where lines go: the fields first, then the message, which is how `pino` takes both, and `console` prints both. A pino
 * logger, its child, and `console` are loggers as they are.
 */
export type Logger = {
  /** What is off in production: every request, every append. */
  debug(fields: LogFields, message: string): void;
  /** What is read when something is looked into. */
  info(fields: LogFields, message: string): void;
  /** What is looked at today. */
  warn(fields: LogFields, message: string): void;
  /** What is looked at now. */
  error(fields: LogFields, message: string): void;
};

export type Level = keyof Logger;
