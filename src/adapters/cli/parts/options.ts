import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import { defaultSchema } from '../../postgres/index.ts';
import type { CustomerReference } from '../../../domain/identifiers.ts';
import { isAccountId, isCustomerId, isPaymentMethodId, isTestAlias } from '../../../domain/identifiers.ts';
import { badUsage } from './cliError.ts';

export type SchemaFlag = { readonly schema: string };
export type TrailFlags = SchemaFlag & { readonly trail: string };
export type StripeFlag = { readonly stripeUrl?: string };
export type FileFlags = { readonly force?: true };

/** The examples below a command's help: what is typed, and what it is for. */
export function examples(...rows: readonly (readonly [typed: string, purpose: string])[]): string {
  const lines = rows.flatMap(([typed, purpose]) => [`  # ${purpose}`, `  $ attach-payment-method ${typed}`]);
  return `\nExamples:\n${lines.join('\n')}\n`;
}

export function jsonOption(): Option {
  return new Option('--json', 'print the result as JSON');
}

export function schemaOption(): Option {
  return new Option('--schema <name>', 'the schema that holds the trail').default(defaultSchema).argParser(toSchema);
}

export function addTrailOptions(command: Command): Command {
  const trail = new Option('--trail <name>', 'the trail').default('default').argParser(toTrail);
  return command.addOption(schemaOption()).addOption(trail).addOption(jsonOption());
}

export function stripeUrlOption(): Option {
  return new Option('--stripe-url <url>', 'ask a simulator on this machine instead of Stripe').argParser(toLoopback);
}

export function toPaymentMethodId(text: string): string {
  if (isPaymentMethodId(text)) return text;
  throw new InvalidArgumentError('It must be a payment method id, such as pm_1MqM05LkdIwHu7ixlDxxO6Mc.');
}

/** A test alias names no payment method: which one is meant, its attempt alone tells. */
export function checkAttempt(paymentMethodId: string, attempt: string | undefined): void {
  if (attempt !== undefined || !isPaymentMethodId(paymentMethodId) || !isTestAlias(paymentMethodId)) return;
  throw badUsage(
    `${paymentMethodId} is a test alias, where each attempt is its own story. Say which one with --attempt; attach-payment-method replay --type AttachmentRequested --json lists them.`,
  );
}

export function toCustomerId(text: string): CustomerReference['id'] {
  if (isCustomerId(text) || isAccountId(text)) return text;
  throw new InvalidArgumentError('It must be a customer id (cus_…), or the id of an account (acct_…).');
}

/** For an option that may be given several times. */
export function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

function toSchema(text: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]{0,62}$/.test(text)) return text;
  throw new InvalidArgumentError('It must be a letter or underscore, then up to 62 letters, digits or underscores.');
}

function toTrail(text: string): string {
  if (/^[A-Za-z0-9._:-]{1,200}$/.test(text)) return text;
  throw new InvalidArgumentError('It must be 1 to 200 letters, digits or any of . _ : -');
}

function toLoopback(text: string): string {
  const origin = loopbackOrigin(text);
  if (origin !== null) return origin;
  throw new InvalidArgumentError('It must be the address of a simulator on this machine: http://127.0.0.1:12111');
}

/** Null for any other address: a key that was meant for Stripe must not be sent anywhere by a slip of the finger. */
export function loopbackOrigin(text: string): string | null {
  const url = toOrigin(text);
  const isLoopback = url !== null && /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  return isLoopback && url.protocol === 'http:' ? url.origin : null;
}

/** Null for any other address, and where there is more than an origin. */
export function httpsOrigin(text: string): string | null {
  const url = toOrigin(text);
  return url?.protocol === 'https:' ? url.origin : null;
}

function toOrigin(text: string): URL | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url?.href === `${url?.origin}/` ? url : null;
}
