import { randomUuid } from '../../ids.ts';
import { found } from '../../records.ts';
import type { State } from '../state.ts';
import { tampered } from '../tampered.ts';
import type { Meter, Price, WholeMeter } from './records.ts';

/** Edits of meters. Polar: none of them sends a webhook. */
export interface MeterEdits {
  createMeter(fields?: Partial<WholeMeter>): WholeMeter;
  updateMeter(id: string, changes: Partial<Omit<WholeMeter, 'id' | 'created_at'>>, at?: string): WholeMeter;
  archiveMeter(id: string, at?: string): WholeMeter;
  unarchiveMeter(id: string, at?: string): WholeMeter;
}

/** The edits on a state. Prices nest the meter of today: the texts of sessions are dropped. */
export function meterEdits(state: State): MeterEdits {
  const { meters, clock } = state;
  const put = (meter: WholeMeter) => {
    meters.set(meter.id, meter);
    state.texts.clear();
    return meter;
  };
  const updateMeter: MeterEdits['updateMeter'] = (id, changes, at = clock.now()) =>
    put({ ...found(meters, id, 'meter'), ...changes, modified_at: at });
  return {
    createMeter: (fields = {}) => put(newMeter(state, fields)),
    updateMeter,
    archiveMeter: (id, at = clock.now()) => updateMeter(id, { archived_at: at }, at),
    unarchiveMeter: (id, at) => updateMeter(id, { archived_at: null }, at),
  };
}

function newMeter({ chance, clock, organizationId }: State, fields: Partial<WholeMeter>): WholeMeter {
  return {
    id: randomUuid(chance),
    created_at: clock.now(),
    modified_at: null,
    metadata: {},
    name: 'New meter',
    unit: 'scalar',
    custom_label: null,
    custom_multiplier: null,
    filter: { conjunction: 'and', clauses: [] },
    aggregation: { func: 'count' },
    organization_id: organizationId,
    archived_at: null,
    ...fields,
  };
}

/** A whole meter's JSON. */
export const meterJson = (state: State, id: string): unknown =>
  tampered(state, id, { ...found(state.meters, id, 'meter') });

/** The meter of a price as the price nests it: as it is today, without dates. */
export function priceMeterJson({ meters }: State, { meter_id = '', meter }: Price): Meter | undefined {
  const today = meters.get(meter_id);
  if (!today) return meter;
  const { id, name, unit, custom_label, custom_multiplier } = today;
  return { id, name, unit, custom_label, custom_multiplier };
}
