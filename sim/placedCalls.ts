import type { StripeAccount } from '../src/adapters/simulator/index.ts';
import { strangerAttaches } from './world/strangers.ts';
import type { Scene } from './world/scene.ts';
import type { Players } from './world/workload.ts';

/** What faults are placed on: few calls about one payment method, all of which is known. */
export type PlacedCalls = keyof typeof placedCalls;

type Plan = {
  /** whom the payment method belongs to before anything is asked for */
  readonly owner: string | null;
  readonly ask: (players: Players, at: number) => void;
};

const ofOne = { paymentMethodId: 'pm_1', customer: 'cus_Ana', setAsDefault: false, patience: 1 } as const;
const attach = { ...ofOne, call: 'attach', attemptId: 'a1' } as const;
const detach = { ...ofOne, call: 'detach', attemptId: 'd1' } as const;

export const placedCalls = {
  attach: { owner: null, ask: ({ callers }, at) => callers.asksLater(at, attach) },
  /** of what was attached past the trail */
  detach: { owner: 'cus_Ana', ask: ({ callers }, at) => callers.asksLater(at, detach) },
  /** of what somebody else attaches after the first try, and before recovery comes to it */
  detachBefore: {
    owner: null,
    ask: ({ callers, around }, at) => {
      callers.asksLater(at, detach);
      around.scheduler.after(at + 25_000, () => strangerAttaches(around, 'pm_1', 'cus_Ana'));
    },
  },
  detachBesideAttach: {
    owner: null,
    ask: ({ callers }, at) => {
      callers.asksLater(at, detach);
      callers.asksLater(at + 60, attach);
    },
  },
  attachBesideDetach: {
    owner: null,
    ask: ({ callers }, at) => {
      callers.asksLater(at, attach);
      callers.asksLater(at + 60, detach);
    },
  },
} as const satisfies Record<string, Plan>;

export function isPlacedCalls(name: string): name is PlacedCalls {
  return Object.hasOwn(placedCalls, name);
}

export function placedScene(account: StripeAccount, calls: PlacedCalls): Scene {
  const { owner }: Plan = placedCalls[calls];
  account.addCustomer('cus_Ana');
  account.addPaymentMethod({ id: 'pm_1', ...(owner === null ? {} : { owner: { kind: 'customer', id: owner } }) });
  const ownersBefore = new Map(owner === null ? [] : [['pm_1', owner]]);
  return { customers: ['cus_Ana'], paymentMethods: ['pm_1'], ownersBefore };
}
