import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';

type Direction = 'toServer' | 'toClient';

/** What befalls the connection that next carries so many bytes in `direction`. */
export type Fault = {
  readonly direction: Direction;
  /** Bytes that still pass. Those to the client wait until the server's answer is complete, so that it has committed. */
  readonly afterBytes: number;
  /** `end` as when a process exits, `reset` as when its machine forgot it, `silence` as when a cable is pulled */
  readonly by: 'end' | 'reset' | 'silence';
  /** how often; once if absent */
  readonly times?: number;
};

/** A line to a Postgres server, on loopback, that fails as it is told to. */
export type FaultyLine = {
  /** The server's address with this line's port in it. */
  readonly url: string;
  /** Plans a fault. One that was planned before and has not happened will not. */
  plan(fault: Fault): void;
  /** how many planned faults have happened */
  readonly faults: () => number;
  /** how many bytes came from either side, whether they passed or not */
  readonly carried: (direction: Direction) => number;
  close(): Promise<void>;
};

/** Puts a line in front of the server at `url`. */
export async function startFaultyLine(url: string): Promise<FaultyLine> {
  const { hostname, port } = new URL(url);
  const plan = new Plan();
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(port || 5432), hostname);
    const connection = new Connection(near, far, plan);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        connection.end();
      });
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = new URL(url);
  address.hostname = '127.0.0.1';
  address.port = String((server.address() as AddressInfo).port);
  return {
    url: address.href,
    plan: (fault) => plan.set(fault),
    faults: () => plan.happened,
    carried: (direction) => plan.carried[direction],
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}

/** The fault to come, whichever connection meets it, and what was carried before. */
class Plan {
  happened = 0;
  readonly carried = { toServer: 0, toClient: 0 };
  #fault: Fault | undefined;
  #left = 0;
  #times = 0;

  set(fault: Fault): void {
    this.#fault = fault;
    this.#left = fault.afterBytes;
    this.#times = fault.times ?? 1;
  }

  awaits(direction: Direction): boolean {
    return this.#fault?.direction === direction;
  }

  /** The fault that so many bytes bring about, and how many of them still pass. */
  meet(direction: Direction, bytes: number): { readonly fault: Fault; readonly passing: number } | undefined {
    this.carried[direction] += bytes;
    if (this.#fault?.direction !== direction) return undefined;
    const fault = this.#fault;
    const passing = this.#left;
    this.#left -= bytes;
    if (this.#left > 0) return undefined;
    this.happened += 1;
    this.#times -= 1;
    this.#left = fault.afterBytes;
    if (this.#times === 0) this.#fault = undefined;
    return { fault, passing };
  }
}

class Connection {
  readonly #near: Socket;
  readonly #far: Socket;
  readonly #plan: Plan;
  #answer: Buffer = Buffer.alloc(0);
  #isSilent = false;

  constructor(near: Socket, far: Socket, plan: Plan) {
    this.#near = near;
    this.#far = far;
    this.#plan = plan;
    near.on('data', (bytes: Buffer) => this.#pass('toServer', bytes));
    far.on('data', (bytes: Buffer) => {
      this.#answer = Buffer.concat([this.#answer, bytes]);
      if (plan.awaits('toClient') && !isWholeAnswer(this.#answer)) return;
      this.#pass('toClient', this.#answer);
      this.#answer = Buffer.alloc(0);
    });
  }

  /** Ends both sides, unless one must not learn of the other. */
  end(): void {
    if (this.#isSilent) return;
    this.#near.destroy();
    this.#far.destroy();
  }

  #pass(direction: Direction, bytes: Buffer): void {
    if (this.#isSilent) return;
    const to = direction === 'toServer' ? this.#far : this.#near;
    const met = this.#plan.meet(direction, bytes.length);
    if (met === undefined) {
      to.write(bytes);
      return;
    }
    this.#isSilent = met.fault.by === 'silence';
    to.write(bytes.subarray(0, met.passing), () => {
      if (met.fault.by === 'reset') this.#near.resetAndDestroy();
      this.end();
    });
  }
}

/** True when the server has said all it will: the last message is ReadyForQuery. */
function isWholeAnswer(bytes: Buffer): boolean {
  return bytes.subarray(-6, -1).equals(Buffer.from([0x5a, 0, 0, 0, 5]));
}
