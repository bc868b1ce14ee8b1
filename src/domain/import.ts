/** How the members of a file are found among the profiles. */
export const importMatchings = ['profile_id', 'email', 'phone', 'custom'] as const;
export type ImportMatching = (typeof importMatchings)[number];

/** What is asked of an import. Times are RFC 3339 UTC. */
export interface ImportTask {
  import_id: string;
  program_id: number;
  /** Name of the file in the file store, and how the caller called it. */
  file: string;
  file_name: string;
  /** null: by the first of profile_id, email and phone that the file has a column for. */
  matching: ImportMatching | null;
  /** The custom field, for the matching `custom`. */
  field_name: string | null;
  /** Whether profiles that are not found are made from their rows. */
  create_profiles: boolean;
  /** Whether new members get the initial balances of the currencies, too. */
  grant_initial_balance: boolean;
  /** Whether nothing is written, only told. */
  dry_run: boolean;
  /** Rows without transaction_eid are posted once within a batch. */
  batch: string;
  requested_at: string;
  requested_by: string;
}

/** A tier as a row may name it, by `eid` or by `group_eid/eid`. */
export interface ImportTier {
  tier_id: number;
  eid: string;
  group_eid: string;
  /** Points of the qualification currency it begins at. */
  threshold: string;
  currency_iid: number;
}

/** Why a row was not imported. `field` is empty if it is about the whole row. */
export interface RefusedRow {
  /** Of the file, from 1. */
  line: number;
  field: string;
  reason: string;
}

/** Why nothing of a file can be imported. */
export interface UnfitFile {
  problem: string;
}

/** What an import has come to. */
export interface Imported {
  rows: number;
  refused: number;
  /** How long the report is kept. */
  keep_sec: number;
}
