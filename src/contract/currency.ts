import type { CurrencySelector } from '../domain/catalog';
import { integer, optional, text } from './fields';
import type { Block } from './request';

/**
 * The currency selector (spec/api.md 1.8): points_currency_iid, points_currency_eid, or both; neither only if
 * `required` is not set. Whether both denote one currency is for the handler to find out.
 */
export function currencySelector({ required = false } = {}): Block<CurrencySelector> {
  const note = required ? 'One of iid and eid is required.' : 'May be left out where only one currency fits.';
  return {
    fields: {
      points_currency_iid: optional(integer()).describe(`Internal id of the points currency. ${note}`),
      points_currency_eid: optional(text(255)).describe(`External id of the points currency. ${note}`),
    },
    read(raw, report) {
      const selector = {
        iid: raw.points_currency_iid as number | undefined,
        eid: raw.points_currency_eid as string | undefined,
      };
      if (required && selector.iid === undefined && selector.eid === undefined) {
        report('points_currency_eid', 'is required, or points_currency_iid');
      }
      return selector;
    },
  };
}
