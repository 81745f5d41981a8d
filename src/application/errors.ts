/** Every way this module fails, as a literal to branch on. A business outcome is never among them. */
export type PaymentMethodsErrorCode =
  | 'INVALID_COMMAND'
  | 'INVALID_OPTIONS'
  | 'CLOSED'
  | 'CONTENTION'
  | 'OUTCOME_NOT_RECORDED'
  | 'NOT_LOOKED_UP'
  | 'SET_DEFAULT_FAILED'
  | 'EVENT_INVALID'
  | 'GATEWAY_UNAUTHORIZED'
  | 'GATEWAY_FORBIDDEN'
  | 'GATEWAY_MISCONFIGURED'
  | 'WEBHOOK_INVALID'
  | 'STORE_UNAVAILABLE'
  | 'STORE_COMMIT_UNKNOWN'
  | 'STORE_SCHEMA_MISSING'
  | 'STORE_REFUSED'
  | 'STORE_OVERLOADED'
  | 'STORE_CLOSED'
  | 'KEY_UNREADABLE'
  | 'PROJECTION_FAILED'
  | 'PROJECTION_NOT_BUILT'
  | 'SEAL_REFUSED'
  | 'SEALS_UNREADABLE'
  | 'EXPORT_EXISTS'
  | 'IMPORT_REFUSED'
  | 'MIGRATION_CHANGED'
  | 'MIGRATION_AHEAD';

/** The ids and numbers that a message names, for programs: flat, serializable, without a secret. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

/**
 * A fault, recognised by its `code`: `docs/errors.md` has them all. The message names the ids involved and says what to
 * do; it holds no secret.
 */
export class PaymentMethodsError extends Error {
  override readonly name = 'PaymentMethodsError';
  readonly code: PaymentMethodsErrorCode;
  readonly details: ErrorDetails;

  constructor(
    code: PaymentMethodsErrorCode,
    message: string,
    options: { readonly details?: ErrorDetails | undefined; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }
}

/** True for an error of this module, of this code if one is given; works across copies of the package. */
export function isPaymentMethodsError(error: unknown, code?: PaymentMethodsErrorCode): error is PaymentMethodsError {
  if (!(error instanceof Error) || error.name !== 'PaymentMethodsError' || !('code' in error)) return false;
  return code === undefined || error.code === code;
}
