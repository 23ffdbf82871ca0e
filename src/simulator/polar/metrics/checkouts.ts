import { byPeriod, part, type Measure } from './truth.ts';

/** Polar (queries.py:386): sessions made from then on count only once their page was opened. */
const OPENED_ONLY_FROM = Date.parse('2026-01-22T12:13:00Z');

const LONGEST_OPENING_MS = 24 * 3_600_000;

/** Polar: sessions count at the moment of their opening, those that succeeded as well. */
export const measureCheckouts: Measure = ({ checkouts }, frame) => {
  const first = Date.parse(frame.periods[0]?.timestamp ?? '') - LONGEST_OPENING_MS;
  const counted = checkouts.filter(
    ({ product_ids, created_at }) => product_ids.length > 0 && Date.parse(created_at) >= first,
  );
  const sessionsOf = byPeriod(counted, frame, ({ created_at, truth: { opened_at } }) => {
    const isLater = Date.parse(created_at) >= OPENED_ONLY_FROM;
    return isLater ? opened_at : (opened_at ?? created_at);
  });
  return (key) => {
    const sessions = sessionsOf(key);
    const succeeded = sessions.filter(({ status }) => status === 'succeeded').length;
    return {
      checkouts: sessions.length,
      succeeded_checkouts: succeeded,
      checkouts_conversion: part(succeeded, sessions.length),
    };
  };
};
