import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Line } from '../../chaos/line.ts';
import { until } from '../support/until.ts';

let server: Server;
let line: Line;
let received: string;

beforeEach(async () => {
  received = '';
  server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (bytes: Buffer) => {
      received += bytes.toString();
      socket.write(`answer to ${bytes.toString()}`);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  line = await Line.start((server.address() as AddressInfo).port);
});
afterEach(async () => {
  await line.close();
  server.close();
});

type Client = { readonly socket: Socket; readonly heard: () => string; readonly isClosed: () => boolean };

function aClient(): Client {
  let heard = '';
  const socket = connect(line.port, '127.0.0.1').on('error', () => {});
  socket.on('data', (bytes: Buffer) => (heard += bytes.toString()));
  return { socket, heard: () => heard, isClosed: () => socket.closed };
}

describe('a line that fails', () => {
  it('carries both ways while nothing is planned', async () => {
    const client = aClient();
    client.socket.write('one');
    await until('it is answered', () => client.heard() === 'answer to one');
    expect(line.cuts).toBe(0);
    client.socket.destroy();
  });

  it('cuts an answer after the server has done what it was asked for, so often, and only where the text is', async () => {
    line.plan({ asks: 'attach', cuts: 'answer', passing: 6, by: 'end', times: 2 });
    const [look, first, second, third] = [aClient(), aClient(), aClient(), aClient()] as const;
    look.socket.write('look');
    await until('the look is answered', () => look.heard() === 'answer to look');
    for (const client of [first, second]) {
      client.socket.write('attach.');
      await until('it is cut', client.isClosed);
      expect(client.heard()).toBe('answer');
    }
    third.socket.write('attach.');
    await until('the third is answered', () => third.heard() === 'answer to attach.');
    expect(received).toBe('lookattach.attach.attach.');
    expect(line.cuts).toBe(2);
    for (const { socket } of [look, third]) socket.destroy();
  });

  it('cuts a request before it is whole', async () => {
    line.plan({ asks: 'attach', cuts: 'request', passing: 100, by: 'reset', times: 1 });
    const client = aClient();
    client.socket.write('attach.');
    await until('it is cut', client.isClosed);
    await until('the rest arrived', () => received === 'attach');
    expect(client.heard()).toBe('');
  });

  it('brings what was delayed although its sender is dead by then', async () => {
    line.slowDown(60, 10_000);
    const client = aClient();
    await once(client.socket, 'connect');
    client.socket.write('late');
    await until('it is under way', () => !line.isQuiet);
    client.socket.resetAndDestroy();
    expect(received).toBe('');
    await until('it has arrived', () => received === 'late');
    await until('nothing is under way', () => line.isQuiet);
  });

  it('refuses while it leads nowhere, and leads to another server from then on', async () => {
    line.pointTo(null);
    const refused = aClient();
    await until('it is refused', refused.isClosed);
    line.pointTo((server.address() as AddressInfo).port);
    const client = aClient();
    client.socket.write('one');
    await until('it is answered', () => client.heard() === 'answer to one');
    client.socket.destroy();
  });
});
