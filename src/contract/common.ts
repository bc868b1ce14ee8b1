import type { RefusalCode } from '../domain/refusal';
import { integer, opaqueId, optional, points, text } from './fields';

/** What several loyalty endpoints have in common. */

export const programId = () => integer().describe('Id of the loyalty program.');

export const transactionId = () => opaqueId().describe('Id of the transaction.');

/** How the endpoints that settle or cancel name a transaction; at least one of the two is needed. */
export const transactionKeys = {
  transaction_id: optional(opaqueId()).describe('Id of the transaction. One of the two ids is required.'),
  transaction_eid: optional(text(255)).describe('External id the transaction was made with.'),
};

export const activeBalance = () => points().describe('Active balance: the points that can be spent now.');

/** Refusals of everything that finds a member of a program by the matching block. */
export const memberRefusals = [
  'program_not_found',
  'field_unknown',
  'profile_not_found',
  'profile_ambiguous',
  'member_not_found',
] as const satisfies readonly RefusalCode[];

/** Refusals of everything that selects a points currency. */
export const currencyRefusals = [
  'currency_not_found',
  'currency_mismatch',
  'currency_needed',
] as const satisfies readonly RefusalCode[];
