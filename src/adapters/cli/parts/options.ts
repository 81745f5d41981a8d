import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import { defaultSchema } from '../../postgres/index.ts';
import type { CustomerReference } from '../../../domain/identifiers.ts';
import { isAccountId, isCustomerId, isPaymentMethodId } from '../../../domain/identifiers.ts';

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

/** No other address: a key that was meant for Stripe must not be sent anywhere by a slip of the finger. */
function toLoopback(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isLoopback = url !== null && /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  if (url?.protocol === 'http:' && isLoopback && url.href === `${url.origin}/`) return url.origin;
  throw new InvalidArgumentError('It must be the address of a simulator on this machine: http://127.0.0.1:12111');
}
