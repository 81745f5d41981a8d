import { CommanderError } from 'commander';
import type { PaymentMethodsError, PaymentMethodsErrorCode } from '../../../application/errors.ts';
import { isPaymentMethodsError } from '../../../application/errors.ts';
import { CliError } from './cliError.ts';
import type { ExitCode } from './exitCodes.ts';
import { exitCodes } from './exitCodes.ts';
import { printable } from './printable.ts';

export type Explained = {
  readonly exitCode: ExitCode;
  /** of docs/errors.md; null where the error has none */
  readonly code: string | null;
  readonly message: string;
};

/** Errors that say that what was typed is wrong, as opposed to what it needs not being there. */
const usageCodes = new Set<PaymentMethodsErrorCode>(['INVALID_COMMAND', 'INVALID_OPTIONS', 'EXPORT_EXISTS']);
/** Errors that say that the trail, or its seals, are not what they were. */
const problemCodes = new Set<PaymentMethodsErrorCode>(['SEAL_REFUSED', 'SEALS_UNREADABLE', 'MIGRATION_CHANGED']);

/** Errors whose cause is the database's, or its driver's. */
const databaseCodes = new Set<PaymentMethodsErrorCode>(['STORE_REFUSED', 'STORE_UNAVAILABLE', 'STORE_COMMIT_UNKNOWN']);

/** What to do, in this program's own words, where the error speaks to a programmer. */
const cures: { readonly [Code in PaymentMethodsErrorCode]?: string } = {
  STORE_SCHEMA_MISSING: 'Run: attach-payment-method migrate (with the same DATABASE_URL and --schema).',
  STORE_UNAVAILABLE: 'Check that the database is up and that DATABASE_URL is right, then run the command again.',
  EXPORT_EXISTS: 'Name another file, or replace it with --force.',
  GATEWAY_UNAUTHORIZED:
    'Check STRIPE_API_KEY: a secret or restricted key (sk_… or rk_…), not rolled, of the right mode.',
  OUTCOME_NOT_RECORDED: 'Run: attach-payment-method reconcile, with the payment method, once the database is up again.',
};

/** An error in one or two lines for whoever typed the command, and what the program ends with. Never a stack. */
export function explain(error: unknown): Explained {
  if (error instanceof CliError) return { exitCode: error.exitCode, code: null, message: printable(error.message) };
  if (error instanceof CommanderError) {
    const message = printable(error.message.replace(/^error: /, '').replaceAll('\n', ' '));
    return { exitCode: error.exitCode === 0 ? 0 : exitCodes.badUsage, code: null, message };
  }
  if (isPaymentMethodsError(error)) {
    const { code } = error;
    const cure = cures[code];
    const said = cure === undefined ? error.message : `${firstSentence(error.message)} ${cure}`;
    return { exitCode: exitCodeOf(code), code, message: printable(said + whatTheDatabaseSaid(error)) };
  }
  return { exitCode: exitCodes.couldNotRun, code: null, message: printable(messageOf(error)) };
}

/** Here it is said to whoever is at the terminal; elsewhere it stays in the cause, as it may quote anything. */
function whatTheDatabaseSaid({ code, cause }: PaymentMethodsError): string {
  if (!databaseCodes.has(code) || !(cause instanceof Error)) return '';
  return ` The database said: ${messageOf(cause.cause instanceof Error ? cause.cause : cause)}`;
}

function exitCodeOf(code: PaymentMethodsErrorCode): ExitCode {
  if (usageCodes.has(code)) return exitCodes.badUsage;
  return problemCodes.has(code) ? exitCodes.problem : exitCodes.couldNotRun;
}

/** Up to the full stop before a capital: ids and file names have full stops too. */
function firstSentence(message: string): string {
  return /^.*?[.](?= [A-Z])/s.exec(message)?.[0] ?? message;
}

/** The message of an error, or of what it is made of: where every address of a host failed, the code is all it says. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join('; ');
  if (!(error instanceof Error)) return String(error);
  return error.message || ('code' in error ? String(error.code) : error.name);
}
