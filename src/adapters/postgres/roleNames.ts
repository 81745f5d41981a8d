import { PaymentMethodsError } from '../../application/errors.ts';

/** Three roles of the cluster. Those that are missing are created, and nobody can log in as them. */
export type RoleNames = {
  /** Owns the schema and everything in it; `migrate` acts as it. Give it to nobody. */
  readonly owner: string;
  /** May append and read. Grant it to the role the backend connects as. */
  readonly app: string;
  /** May read. */
  readonly reader: string;
};

const reserved = /^(pg_.*|public|none)$/i;

/** The role names, if they can be used with this schema. Throws `INVALID_OPTIONS`. */
export function checkRoles(roles: RoleNames, schema: string): RoleNames {
  const { owner, app, reader } = roles;
  for (const [use, name] of Object.entries({ owner, app, reader })) {
    // Untyped callers leave one out.
    const given: unknown = name;
    if (typeof given === 'string' && /^[A-Za-z_][A-Za-z0-9_]{0,62}$/.test(given) && !reserved.test(given)) continue;
    throw new PaymentMethodsError(
      'INVALID_OPTIONS',
      `roles.${use} must be a letter or underscore, then up to 62 letters, digits or underscores, and no reserved name; it is ${JSON.stringify(given)}.`,
    );
  }
  if (new Set([owner, app, reader]).size < 3) {
    throw new PaymentMethodsError('INVALID_OPTIONS', `roles must be three: they are ${owner}, ${app} and ${reader}.`);
  }
  if (schema === 'public') {
    throw new PaymentMethodsError(
      'INVALID_OPTIONS',
      'With roles, everything in the schema is given to the owner, and nobody else keeps a right on it: name a schema of its own, not "public".',
    );
  }
  return { owner, app, reader };
}
