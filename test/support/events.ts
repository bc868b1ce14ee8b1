import type { Pool } from 'pg';
import { until } from './until';

/** Resolves once every event that was written can be read: transactions of other databases delay that too. */
export async function untilReadable(pool: Pool): Promise<void> {
  const { rows } = await pool.query('select turn::text as turn from feed.events order by turn desc limit 1');
  await until(async () => {
    const answer = await pool.query(
      'select $1::text::xid8 < pg_snapshot_xmin(pg_current_snapshot()) as is_so',
      [rows[0]?.turn ?? '0'],
    );
    return answer.rows[0].is_so;
  });
}
