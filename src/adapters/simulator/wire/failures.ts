import type { JsonObject } from './json.ts';

/** A response that is an error: what Stripe puts into it, and whether it is saved under the idempotency key. */
export type Failure = {
  readonly status: number;
  readonly type: 'invalid_request_error' | 'card_error' | 'idempotency_error' | 'api_error';
  readonly message: string;
  readonly code?: string;
  readonly declineCode?: string;
  readonly param?: string;
  readonly adviceCode?: string;
  readonly networkDeclineCode?: string;
  /** the objects that ride in the error, by their names there */
  readonly objects?: JsonObject;
  /** Stripe saves what began to execute; validation failures, missing objects, locks and limits are not saved. */
  readonly saved?: true;
  readonly headers?: Readonly<Record<string, string>>;
};

/** Thrown by a rule of the model, and turned into a response by the pipeline. */
export class StripeFailure extends Error {
  override readonly name = 'StripeFailure';
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

type Refused = Omit<Failure, 'status' | 'type' | 'message'>;

/** An `invalid_request_error`. */
export function invalid(status: number, message: string, more: Refused = {}): StripeFailure {
  return new StripeFailure({ status, type: 'invalid_request_error', message, ...more });
}

/** A refusal of a request that began to execute: it is saved under its key. */
export function refused(message: string, more: Refused = {}): StripeFailure {
  return invalid(400, message, { ...more, saved: true });
}

/** An object that is not there; `hint` says where it may be instead. */
export function missing(what: string, id: string, { status, param, hint = '' }: Missing): StripeFailure {
  return invalid(status, `No such ${what}: '${id}'${hint}`, { code: 'resource_missing', param });
}

export type Missing = {
  /** 404 for the id in the path, 400 for one in the body */
  readonly status: 400 | 404;
  readonly param: string;
  readonly hint?: string;
};

/** The names in a sentence: `a`, `a or b`, `a, b, or c`. */
export function eitherOf(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  if (names.length < 3) return names.join(' or ');
  return `${names.slice(0, -1).join(', ')}, or ${last}`;
}

/** The error as Stripe writes it, with the page that explains its code. */
export function errorObject(failure: Failure): JsonObject {
  const { type, message, code, declineCode, param, adviceCode, networkDeclineCode, objects } = failure;
  return {
    type,
    message,
    ...(adviceCode === undefined ? {} : { advice_code: adviceCode }),
    ...(code === undefined
      ? {}
      : { code, doc_url: `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}` }),
    ...(declineCode === undefined ? {} : { decline_code: declineCode }),
    ...(networkDeclineCode === undefined ? {} : { network_decline_code: networkDeclineCode }),
    ...(param === undefined ? {} : { param }),
    ...objects,
  };
}
