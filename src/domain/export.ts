/** What is asked of an export of transactions. Times are RFC 3339 UTC, both ends of the period included. */
export interface ExportTask {
  task_id: string;
  program_id: number;
  currency_iid: number;
  date_from: string;
  date_to: string;
  /** Only rows after this position, in the order of accounts and then of posting; "0", "0": all. */
  after_account_id: string;
  after_seq: string;
  requested_at: string;
  /** Name of the token it was asked for with. */
  requested_by: string;
}

/** What an export has come to. */
export interface WrittenExport {
  rows: number;
  /** RFC 3339 UTC; until then the file can be fetched. */
  expires_at: string;
  /** How long that is from now. */
  keep_sec: number;
}
