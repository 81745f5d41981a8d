import type { Mutant } from './mutant.ts';

/** Faults in what becomes of encrypted fields and their keys. */
export const privacyMutants: readonly Mutant[] = [
  {
    name: 'a customer is forgotten by name only',
    why: 'the key is still there, and opens everything',
    file: 'src/application/useCases/forgetCustomer.ts',
    find: '    await this.#keysOf(customer).destroy(customer.id);',
    replace: '    this.#keysOf(customer);',
  },
  {
    name: 'a customer whose key is destroyed is not recorded as forgotten',
    why: 'once the keys are lost, another key is made for them',
    file: 'src/domain/customerDecisions.ts',
    find: "  return { events: state.isForgotten ? [] : [{ type: 'CustomerForgotten', data: { customer } }] };",
    replace: '  return { events: [] };',
  },
  {
    name: 'what comes of a forgotten customer is recorded in the clear',
    why: 'it stands there for good',
    file: 'src/application/privacy/encryptedField.ts',
    find: "    if (key === null || value === 'redacted') return 'redacted';",
    replace: '    if (key === null) return value;',
  },
  {
    name: 'a key that does not open now is taken for destroyed when something is recorded',
    why: 'what is recorded then is lost for good',
    file: 'src/application/privacy/customerKeys.ts',
    find: '      throw found.error;',
    replace: '      return null;',
  },
  {
    name: 'a key that does not open now is taken for destroyed when something is read',
    why: 'what is decided by that is decided by what nobody said',
    file: 'src/application/privacy/encryptingEventStore.ts',
    find: "      if (key === undefined || key.status === 'destroyed') return event;",
    replace: "      if (key === undefined || key.status !== 'readable') return event;",
  },
  {
    name: 'keys that cannot be asked for are taken for destroyed',
    why: 'what is decided by that is decided by what nobody said',
    file: 'src/application/privacy/customerKeys.ts',
    find: "  const found = await keys.read(named).catch((error: unknown): KeyFound => ({ status: 'unreadable', error }));",
    replace: "  const found = await keys.read(named).catch((): KeyFound => ({ status: 'destroyed' }));",
  },
  {
    name: 'the key is asked for only once Stripe has attached',
    why: 'Stripe did what cannot be recorded',
    file: 'src/application/privacy/encryptingEventStore.ts',
    find: "const precedePersonal: readonly string[] = ['AttachmentRequested', 'IdempotencyKeyRenewed'];",
    replace: 'const precedePersonal: readonly string[] = [];',
  },
];
