/** What a line says besides its message: literals, ids and numbers. */
export type LogFields = Readonly<Record<string, string | number | boolean | null>>;

/**
 * Where lines go: the fields first, then the message, which is how `pino` takes both, and `console` prints both. A pino
 * logger, its child, and `console` are loggers as they are.
 */
export type Logger = {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
};

export type Level = keyof Logger;
