import type { Made, Migration } from '../migrations.ts';
import type { PgConnection } from '../pool.ts';

/** Every kind of finding, as a literal to branch on. */
export type FindingCode =
  /** There is no event store in the schema. */
  | 'SCHEMA_MISSING'
  /** Something that the migrations make is not there. */
  | 'TABLE_MISSING'
  | 'FUNCTION_MISSING'
  | 'TRIGGER_MISSING'
  | 'MIGRATION_PENDING'
  | 'MIGRATION_AHEAD'
  | 'MIGRATION_CHANGED'
  /** The connected role is a superuser, or can become one. */
  | 'CONNECTED_AS_SUPERUSER'
  /** The connected role owns the trail. */
  | 'CONNECTED_AS_OWNER'
  /** The connected role can make itself the owner. */
  | 'MAY_BECOME_OWNER'
  /** The connected role may write into any table of the database. */
  | 'MAY_WRITE_ALL_TABLES'
  /** The connected role owns the database, and can drop it. */
  | 'CONNECTED_AS_DATABASE_OWNER'
  | 'OWNER_CAN_LOGIN'
  | 'OWNER_IS_SUPERUSER'
  /** Another role that can log in is a member of the owner. */
  | 'OWNER_HAS_MEMBER'
  /** The connected role lacks a right that appending or reading needs. */
  | 'RIGHT_MISSING'
  /** Somebody has a right on a table that nobody but the owner should have, or everybody has one. */
  | 'RIGHT_EXCESSIVE'
  /** Somebody but the owner may create things in the schema. */
  | 'CREATE_GRANTED'
  | 'TRIGGER_NOT_ALWAYS'
  | 'TRIGGER_CHANGED'
  /** A trigger that the migrations do not make: it can change, or swallow, what is appended. */
  | 'TRIGGER_UNKNOWN'
  /** A table, or a domain of its columns, is not what the migrations make; or it has a rule or a child table. */
  | 'TABLE_CHANGED'
  | 'FUNCTION_CHANGED'
  | 'FUNCTION_NOT_SECURITY_DEFINER'
  /** A function's settings are not those of the migrations: its search_path, above all. */
  | 'FUNCTION_SETTINGS_CHANGED'
  /** A server setting lets a crash take acknowledged data. */
  | 'DURABILITY_OFF';

/** Something that weakens the trail, or keeps it from working. */
export type Finding = {
  readonly code: FindingCode;
  /** What is so, with the names involved. */
  readonly message: string;
  /** What to do, often as SQL for the owner or a superuser. */
  readonly cure: string;
};

/** What a check looks at: a store, through the connection of whoever uses it. */
export type Examined = {
  readonly connection: PgConnection;
  readonly schema: string;
  /** the schema's name, quoted for SQL */
  readonly quoted: string;
  readonly migrations: readonly Migration[];
  readonly made: Made;
};

/** The cure for what was changed by hand: the text of this package's migrations is what it should be again. */
export const restoreCure =
  'Find out who changed it, and verify the trail. Then have the owner (or a superuser) run the statement of the migrations that makes it again.';
