import type { Mutant } from './mutant.ts';

/** Faults in what becomes of customers' default payment methods, and of setups. */
export const customerMutants: readonly Mutant[] = [
  {
    name: 'a default that an attach wished for is forgotten with the attach',
    why: 'a crash between the two leaves nobody to ask for it',
    file: 'src/application/readModels/foldedOpenAttempts.ts',
    find: '    for (const wishes of this.#wished.documents.values()) yield* askableOf(wishes);',
    replace: '',
  },
  {
    name: 'a default is not open',
    why: 'recovery never looks after it',
    file: 'src/application/readModels/openAttempts.ts',
    find: "      return opened(open, record, { sort: 'default', attemptId, paymentMethodId, customerId }, requestedAt);",
    replace: '      return open;',
  },
  {
    name: 'a default is asked for under a key that is nowhere stored',
    why: 'after a crash it cannot be repeated under its key',
    file: 'src/application/useCases/setDefault.ts',
    find: '    send: ({ customerId, ...request }, options) => gateway.setDefault({ ...request, customer: customerId }, options),',
    replace:
      '    send: ({ customerId, ...request }, options) => gateway.setDefault({ ...request, idempotencyKey: `${request.idempotencyKey}-`, customer: customerId }, options),',
  },
  {
    name: 'a default in doubt keeps no other waiting',
    why: 'it may be on its way still, and lands behind the one that came after it',
    file: 'src/domain/keyedRequest.ts',
    find: '  return !request.keyIsSpent && Date.parse(now) - Date.parse(request.requestedAt) < policy.keyLifetimeMs + landingMs;',
    replace: '  return false;',
  },
  {
    name: 'a doubt about a default is told as its end',
    why: 'the caller takes for done what nobody knows',
    file: 'src/application/useCases/setDefault.ts',
    find: "  if (open !== null && isOwn(open)) return { outcome: 'unknown', cause: open.cause ?? 'attemptInProgress', ...wish };",
    replace: "  if (open !== null && isOwn(open)) return { outcome: 'set', ...wish };",
  },
  {
    name: 'a wish for the default is not recorded with its attach',
    why: 'nothing says which of two wishes was the later one',
    file: 'src/application/protocol/attachmentProtocol.ts',
    find: '      const wishes = refusal === undefined ? decideWish(command, customer.state).events : [];',
    replace: '      const wishes = decideWish({ ...command, setAsDefault: false }, customer.state).events;',
  },
  {
    name: 'a wish for the default is lost with its request in a failover',
    why: 'nobody asks for the default after a crash',
    file: 'src/application/protocol/requestAgain.ts',
    find: '    const wishes = decideWish(attempt, customer.state).events;',
    replace: '    const wishes = decideWish({ ...attempt, setAsDefault: false }, customer.state).events;',
  },
  {
    name: 'a wish is taken for that of another payment method of its attempt',
    why: 'what was wished for in between gives way to what was wished for before it',
    file: 'src/domain/customer.ts',
    find: '  return one.paymentMethodId === paymentMethodId || isTestAlias(one.paymentMethodId);',
    replace: '  return one.paymentMethodId === paymentMethodId || one.attemptId === attemptId;',
  },
  {
    name: 'an older wish is asked for after a later one',
    why: 'the customer is charged by what was to be the default before',
    file: 'src/domain/customer.ts',
    find: '  return { ...state, open, wishes: newer, superseded: [...state.superseded, ...overtaken] };',
    replace: '  return { ...state, open, wishes: newer };',
  },
  {
    name: 'a later wish ends with an older one',
    why: 'its attach is done, and its default is never asked for',
    file: 'src/application/readModels/wishedDefaults.ts',
    find: '  const newer = own === -1 ? [] : wishes.slice(own + 1);',
    replace: '  const newer = wishes.slice(wishes.length);',
  },
  {
    name: 'a wish is forgotten once its attach is done',
    why: 'a crash before the default is asked for leaves nothing else',
    file: 'src/application/readModels/wishedDefaults.ts',
    find: '(isDone(wish) ? { ...wish, paymentMethodId, isAttached: true } : wish)',
    replace: '(isDone(wish) ? { ...wish, paymentMethodId } : wish)',
  },
  {
    name: 'a setup is not open',
    why: 'what a crash left of it is never finished',
    file: 'src/application/readModels/openAttempts.ts',
    find: "      return opened(open, record, { sort: 'setup', attemptId, paymentMethodId: null, customerId: null }, requestedAt);",
    replace: '      return open;',
  },
  {
    name: 'a setup is asked for under a key that is nowhere stored',
    why: 'a repeat makes a second SetupIntent',
    file: 'src/application/useCases/beginSetup.ts',
    find: '    send: (request, options) => gateway.createSetupIntent(request, options),',
    replace:
      '    send: (request, options) => gateway.createSetupIntent({ ...request, idempotencyKey: `${request.idempotencyKey}-` }, options),',
  },
  {
    name: 'a look at a default is believed while its own request is on its way',
    why: 'it shows what an earlier request did, and this one undoes what comes next',
    file: 'src/application/useCases/setDefault.ts',
    find: '    mayBeUndone: true,',
    replace: '    mayBeUndone: false,',
  },
];
