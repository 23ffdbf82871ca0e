import { micros } from '../../instants.ts';
import { benefitEdits, benefitJson, type BenefitEdits } from '../catalog/benefits.ts';
import type { Benefit } from '../catalog/records.ts';
import { BENEFITS } from '../catalog/seed/benefit-plans.ts';
import { servedRecords, servedRows } from '../catalog/served-records.ts';
import type { State } from '../state.ts';
import { polarStream } from '../stream.ts';

const TYPES = [...new Set(Object.values(BENEFITS).map(({ type }) => type))];

/** The benefits of any visibility. Polar: a deleted one leaves the list, and `benefit.updated` shows it once more. */
export function benefitStream(state: State) {
  const edits = benefitEdits(state);
  const json = (id: string) => benefitJson(state, id);
  return polarStream<Benefit, Benefit, BenefitEdits>(state, {
    paths: ['/v1/benefits'],
    scopes: ['benefits:read', 'benefits:write'],
    isOptional: true,
    isNestedInCore: true,
    ...servedRecords(state.benefits),
    json,
    list: {
      ...servedRows(state.benefits),
      filters: {
        id: { type: 'uuid', valueOf: ({ id }) => id },
        type: { type: TYPES, valueOf: (benefit) => benefit.type },
      },
      searched: ({ description }) => description,
      criteria: {
        created_at: ({ created_at }) => micros(created_at),
        description: ({ description }) => description,
        type: (benefit) => benefit.type,
      },
      defaultSorting: '-created_at',
    },
    webhooks: { 'benefit.created': json, 'benefit.updated': json },
    edits,
    driver: {
      create: (created_at) => edits.createBenefit(created_at === undefined ? {} : { created_at }).id,
      edit: (id) => void edits.updateBenefit(id, { description: `Edited at ${state.clock.now()}` }),
      remove: (id) => void edits.deleteBenefit(id),
      restore: (id) => void edits.restoreBenefit(id),
    },
  });
}
