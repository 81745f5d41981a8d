import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';
import { connect, createServer } from 'node:net';

/** How a connection is cut: `end` as when a process exits, `reset` as when its machine forgot it. */
export type Cut = 'end' | 'reset';

/** A cut to come, of the connection that next carries a request with this text in it. */
export type PlannedCut = {
  readonly asks: string;
  /** `request`: before it is whole there; `answer`: once the server has done all it was asked for */
  readonly cuts: 'request' | 'answer';
  /** bytes that still pass */
  readonly passing: number;
  readonly by: Cut;
  /** how many such requests it befalls */
  readonly times: number;
};

/** A TCP line on loopback that fails as it is told to, to a server that may be replaced. */
export class Line {
  readonly #server: Server;
  readonly #isWholeAnswer: (bytes: Buffer) => boolean;
  readonly #connections = new Set<Connection>();
  #target: number | null;
  #plan: PlannedCut | null = null;
  #slow = { ms: 0, until: 0 };
  #cuts = 0;

  private constructor(server: Server, target: number | null, isWholeAnswer: (bytes: Buffer) => boolean) {
    this.#server = server;
    this.#target = target;
    this.#isWholeAnswer = isWholeAnswer;
    server.on('connection', (near) => this.#join(near));
  }

  /** A line to the server at this port; to nobody where it is null. */
  static async start(target: number | null, isWholeAnswer: (bytes: Buffer) => boolean = () => true): Promise<Line> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Line(server, target, isWholeAnswer);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** how many planned cuts have happened */
  get cuts(): number {
    return this.#cuts;
  }

  /** False while something is on its way that was delayed. */
  get isQuiet(): boolean {
    return [...this.#connections].every(({ underWay }) => underWay === 0);
  }

  /** Brings new connections to another server. */
  pointTo(target: number | null): void {
    this.#target = target;
  }

  plan(cut: PlannedCut): void {
    this.#plan = cut;
  }

  /** For so long, whatever is sent either way arrives `ms` later, even if its sender dies meanwhile. */
  slowDown(ms: number, lastsMs: number): void {
    this.#slow = { ms, until: performance.now() + lastsMs };
  }

  cutAll(by: Cut): void {
    for (const connection of this.#connections) connection.cut(by);
  }

  /** Nothing goes wrong from now on. */
  heal(): void {
    this.#plan = null;
    this.#slow = { ms: 0, until: 0 };
  }

  async close(): Promise<void> {
    this.#server.close();
    this.cutAll('end');
    await once(this.#server, 'close');
  }

  #join(near: Socket): void {
    if (this.#target === null) {
      near.on('error', () => {}).resetAndDestroy();
      return;
    }
    const connection: Connection = new Connection(near, connect(this.#target, '127.0.0.1'), {
      delayMs: () => (performance.now() < this.#slow.until ? this.#slow.ms : 0),
      takePlan: (request) => this.#takePlan(request),
      isWholeAnswer: this.#isWholeAnswer,
      noteCut: () => (this.#cuts += 1),
      noteEnd: () => this.#connections.delete(connection),
    });
    this.#connections.add(connection);
  }

  #takePlan(request: Buffer): PlannedCut | null {
    const plan = this.#plan;
    if (plan === null || !request.includes(plan.asks)) return null;
    this.#plan = plan.times > 1 ? { ...plan, times: plan.times - 1 } : null;
    return plan;
  }
}

type Conditions = {
  readonly delayMs: () => number;
  readonly takePlan: (request: Buffer) => PlannedCut | null;
  readonly isWholeAnswer: (bytes: Buffer) => boolean;
  readonly noteCut: () => void;
  readonly noteEnd: () => void;
};

class Connection {
  /** what was delayed and did not arrive yet */
  underWay = 0;
  readonly #near: Socket;
  readonly #far: Socket;
  readonly #conditions: Conditions;
  readonly #arrivesAt = new Map<Socket, number>();
  #doom: PlannedCut | null = null;
  #answer: Buffer = Buffer.alloc(0);

  constructor(near: Socket, far: Socket, conditions: Conditions) {
    this.#near = near;
    this.#far = far;
    this.#conditions = conditions;
    near.on('data', (bytes: Buffer) => this.#carryRequest(bytes));
    far.on('data', (bytes: Buffer) => this.#carryAnswer(bytes));
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      socket.setNoDelay(true).on('error', () => {});
      socket.on('close', () => {
        this.#later(other, () => other.destroySoon());
        if (near.destroyed && far.destroyed) conditions.noteEnd();
      });
    }
  }

  cut(by: Cut): void {
    for (const socket of [this.#near, this.#far]) {
      if (by === 'reset' && !socket.connecting) socket.resetAndDestroy();
      else socket.destroy();
    }
  }

  #carryRequest(bytes: Buffer): void {
    const plan = this.#conditions.takePlan(bytes);
    if (plan?.cuts === 'request') this.#pass(plan, this.#far, bytes);
    else this.#doom ??= plan;
    if (plan?.cuts !== 'request') this.#later(this.#far, () => this.#far.write(bytes));
  }

  #carryAnswer(bytes: Buffer): void {
    if (this.#doom === null) {
      this.#later(this.#near, () => this.#near.write(bytes));
      return;
    }
    this.#answer = Buffer.concat([this.#answer, bytes]);
    if (this.#conditions.isWholeAnswer(this.#answer)) this.#pass(this.#doom, this.#near, this.#answer);
  }

  /** Lets the first bytes through, and cuts. */
  #pass({ passing, by }: PlannedCut, to: Socket, bytes: Buffer): void {
    this.#conditions.noteCut();
    to.write(bytes.subarray(0, Math.min(passing, bytes.length - 1)), () => this.cut(by));
  }

  /** Now, or later, but in order. */
  #later(to: Socket, act: () => void): void {
    const now = performance.now();
    const at = Math.max(now + this.#conditions.delayMs(), this.#arrivesAt.get(to) ?? 0);
    if (at <= now) {
      act();
      return;
    }
    this.#arrivesAt.set(to, at);
    this.underWay += 1;
    setTimeout(() => {
      this.underWay -= 1;
      if (!to.destroyed) act();
    }, at - now);
  }
}
