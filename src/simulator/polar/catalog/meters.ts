import { found } from '../../records.ts';
import type { State } from '../state.ts';
import { tampered } from '../tampered.ts';
import type { WholeMeter } from './records.ts';

/** Edits of meters. Polar: none of them sends a webhook. */
export interface MeterEdits {
  updateMeter(id: string, changes: Partial<Omit<WholeMeter, 'id' | 'created_at'>>, at?: string): WholeMeter;
  archiveMeter(id: string, at?: string): WholeMeter;
  unarchiveMeter(id: string, at?: string): WholeMeter;
}

/** The edits on a state. */
export function meterEdits({ meters, clock }: State): MeterEdits {
  const updateMeter: MeterEdits['updateMeter'] = (id, changes, at = clock.now()) => {
    const meter = { ...found(meters, id, 'meter'), ...changes, modified_at: at };
    meters.set(id, meter);
    return meter;
  };
  return {
    updateMeter,
    archiveMeter: (id, at = clock.now()) => updateMeter(id, { archived_at: at }, at),
    unarchiveMeter: (id, at) => updateMeter(id, { archived_at: null }, at),
  };
}

/** A whole meter's JSON. */
export const meterJson = (state: State, id: string): unknown =>
  tampered(state, id, { ...found(state.meters, id, 'meter') });
