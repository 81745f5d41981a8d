import { startLocalPostgres } from '../../../src/adapters/localPostgres/index.ts';

const [, , folder] = process.argv;
const server = await startLocalPostgres({ folder, durable: false });
console.log(server.pid);
