import { micros } from '../../instants.ts';
import { meterEdits, meterJson, type MeterEdits } from '../catalog/meters.ts';
import type { WholeMeter } from '../catalog/records.ts';
import { servedRecords, servedRows } from '../catalog/served-records.ts';
import type { State } from '../state.ts';
import { polarStream } from '../stream.ts';

/** The meters, archived ones included. Polar: none is deleted, and their edits send no webhooks. */
export function meterStream(state: State) {
  const edits = meterEdits(state);
  return polarStream<WholeMeter, WholeMeter, MeterEdits>(state, {
    paths: ['/v1/meters'],
    scopes: ['meters:read', 'meters:write'],
    isOptional: true,
    ...servedRecords(state.meters),
    json: (id) => meterJson(state, id),
    list: {
      ...servedRows(state.meters),
      filters: {
        is_archived: { type: ['true', 'false'], valueOf: ({ archived_at }) => String(archived_at !== null) },
      },
      searched: ({ name }) => name,
      criteria: { created_at: ({ created_at }) => micros(created_at), name: ({ name }) => name },
      defaultSorting: 'name',
    },
    webhooks: {},
    edits,
    driver: {
      create: (created_at) => edits.createMeter(created_at === undefined ? {} : { created_at }).id,
      edit: (id) => void edits.updateMeter(id, { name: `Edited at ${state.clock.now()}` }),
    },
  });
}
