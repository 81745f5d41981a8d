export { type LocalPostgres, startLocalPostgres } from './startLocalPostgres.ts';
