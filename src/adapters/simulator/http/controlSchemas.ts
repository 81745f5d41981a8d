import * as z from 'zod';

const ms = z.number().int().min(0);
const where = { account: z.string().optional(), livemode: z.boolean().optional() };
const metadata = z.record(z.string(), z.string()).optional();

const match = z.strictObject({
  method: z.string().optional(),
  /** the source of a regular expression */
  path: z.string().transform(asRegExp).optional(),
});

/** Every fault, with what else is said of it. */
function faultWith<More extends z.ZodRawShape>(more: More) {
  return z.discriminatedUnion('fault', [
    z.strictObject({ fault: z.literal('delay'), ms, holds_locks: z.boolean().optional(), ...more }),
    z.strictObject({ fault: z.literal('lateAnswer'), ms, ...more }),
    z.strictObject({
      fault: z.enum(['unreachable', 'loseRequest', 'loseResponse', 'cutBody', 'lockTimeout']),
      ...more,
    }),
    z.strictObject({ fault: z.enum(['stall', 'dependencyFailed']), effect: z.boolean().optional(), ...more }),
    z.strictObject({ fault: z.literal('serverError'), effect: z.boolean(), ...more }),
    z.strictObject({
      fault: z.literal('badGateway'),
      effect: z.boolean().optional(),
      status: z.union([z.literal(502), z.literal(503), z.literal(504)]).optional(),
      ...more,
    }),
    z.strictObject({
      fault: z.literal('rateLimit'),
      reason: z.string().nullable().optional(),
      retry_after_seconds: z.number().int().min(0).optional(),
      ...more,
    }),
  ]);
}

/** What the control endpoints take, in JSON. */
export const controlSchemas = {
  nothing: z.strictObject({}),
  fault: faultWith({ match: match.optional(), times: z.number().int().min(1).optional() }),
  randomFaults: z.strictObject({
    seed: z.number().int(),
    odds: z.array(
      z.strictObject({
        fault: faultWith({}),
        probability: z.number().min(0).max(1),
        match: match.optional(),
      }),
    ),
  }),
  clock: z.strictObject({ advance_ms: ms }),
  rateLimits: z.union([
    z.strictObject({ enabled: z.boolean() }),
    z.strictObject({ live: z.number().positive(), test: z.number().positive(), endpoint: z.number().positive() }),
  ]),
  state: z.strictObject({
    ...where,
    connected_accounts: z.array(z.string()).optional(),
    customer_accounts: z.array(z.string()).optional(),
    customers: z
      .array(
        z.strictObject({
          id: z.string().optional(),
          name: z.string().optional(),
          email: z.string().optional(),
          phone: z.string().optional(),
          description: z.string().optional(),
          default_payment_method: z.string().optional(),
          /** the account that this customer is as well */
          account: z.string().optional(),
          metadata,
        }),
      )
      .optional(),
    payment_methods: z
      .array(
        z.strictObject({
          id: z.string().optional(),
          type: z.string().optional(),
          /** what follows `pm_card_` */
          test_card: z.string().optional(),
          exp_month: z.number().int().min(1).max(12).optional(),
          exp_year: z.number().int().optional(),
          decline: z.string().optional(),
          charge_decline: z.string().optional(),
          customer: z.string().optional(),
          customer_account: z.string().optional(),
          detached: z.boolean().optional(),
          metadata,
          billing_details: z
            .strictObject({ name: z.string().optional(), email: z.string().optional(), phone: z.string().optional() })
            .optional(),
        }),
      )
      .optional(),
  }),
  webhooks: z.strictObject({
    copies: z.number().int().min(1).max(100).optional(),
    twins: z.boolean().optional(),
    delay_ms: ms.optional(),
    jitter_ms: ms.optional(),
    seed: z.number().int().optional(),
    held: z.boolean().optional(),
    retry_waits_ms: z.array(ms).optional(),
  }),
  release: z.strictObject({ order: z.enum(['inOrder', 'reversed', 'shuffled']).optional() }),
  roll: z.strictObject({ ...where, old_expires_in_ms: ms.optional() }),
  where: z.strictObject(where),
  card: z.strictObject({
    ...where,
    exp_month: z.number().int().min(1).max(12).optional(),
    exp_year: z.number().int().optional(),
    last4: z
      .string()
      .regex(/^\d{4}$/)
      .optional(),
  }),
  authentication: z.strictObject({ ...where, succeeds: z.boolean().optional() }),
};

function asRegExp(source: string, context: z.RefinementCtx): RegExp {
  try {
    return new RegExp(source);
  } catch {
    context.addIssue({ code: 'custom', message: 'not a regular expression' });
    return z.NEVER;
  }
}
