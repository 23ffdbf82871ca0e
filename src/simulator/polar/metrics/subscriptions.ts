import type { Subscription } from '../subscriptions/record.ts';
import { byPeriod, inDollars, part, total, type Measure } from './truth.ts';

const subscriptionEnd = ({ ended_at, ends_at }: Subscription) => ended_at ?? ends_at;

/** Polar (metrics/queries.py:132): the status is never looked at; a subscription counts until its end. */
export const measureSubscriptions: Measure = ({ subscriptions }, frame) => {
  const keyOf = (at: string | null) => (at === null ? null : frame.keyOf(at));
  const lives = subscriptions.map((subscription) => ({
    subscription,
    start: keyOf(subscription.started_at),
    end: keyOf(subscriptionEnd(subscription)),
    trialEnd: keyOf(subscription.trial_end),
  }));
  const createdIn = byPeriod(subscriptions, frame, ({ created_at }) => created_at);
  const canceledIn = byPeriod(subscriptions, frame, ({ canceled_at }) => canceled_at);
  const endedIn = byPeriod(subscriptions, frame, subscriptionEnd);
  return (key) => {
    const active = lives.filter(({ start, end }) => start !== null && start <= key && (end === null || end > key));
    const paying = active.filter(({ trialEnd }) => trialEnd === null || trialEnd <= key);
    const recurring = total(paying, ({ subscription }) => monthlyAmount(subscription));
    const customers = new Set(active.map(({ subscription }) => subscription.customer_id)).size;
    return {
      active_subscriptions: active.length,
      committed_subscriptions: active.filter(({ end }) => end === null).length,
      monthly_recurring_revenue: recurring,
      average_revenue_per_user: Math.round(part(recurring, customers)),
      new_subscriptions: createdIn(key).filter((one) => (keyOf(subscriptionEnd(one)) ?? '~') > key).length,
      churned_subscriptions: endedIn(key).length,
      canceled_subscriptions: canceledIn(key).length,
    };
  };
};

/** Polar: a year has 12 months, 52 weeks and 365 days; today's amount, whatever it was then. */
function monthlyAmount({
  amount,
  currency,
  recurring_interval,
  recurring_interval_count: count,
}: Subscription): number {
  const perMonth = { year: 1 / 12, month: 1, week: 52 / 12, day: 365 / 12 }[recurring_interval];
  return Math.round((inDollars(amount, currency) * perMonth) / count);
}
