import { micros } from '../../instants.ts';
import type { Random } from '../../random.ts';
import { lazyMap } from '../../records.ts';
import type { Step } from '../../traffic.ts';
import { benefitEdits, benefitJson } from '../catalog/benefits.ts';
import { anyCustomer, type CustomerEdits } from '../customers/edits.ts';
import type { Customer } from '../customers/record.ts';
import { grantEdits, type GrantEdits } from '../grants/edits.ts';
import type { Grant } from '../grants/record.ts';
import type { ListDescription } from '../list.ts';
import type { State } from '../state.ts';
import { polarStream, type PolarStream } from '../stream.ts';
import type { Table } from '../table.ts';
import { tampered } from '../tampered.ts';

/** The tables of grants and customers, drawn up when they are first asked for. */
interface GrantTables {
  grants: () => Table<Grant>;
  customers: () => Table<Customer>;
}

/** The benefits that customers have or had. Polar: no request shows a single one, and none is ever deleted. */
export function benefitGrantStream(
  state: State,
  { grants, customers: table }: GrantTables,
  customers: PolarStream<Customer, CustomerEdits>,
) {
  const edits = grantEdits(state, grants, (created_at) => anyCustomer(state, table(), created_at));
  const shown = (id: string) => {
    const { deleted_at: _deleted, previous_properties, ...columns } = grants().get(id);
    const { customer_id, benefit_id } = columns;
    const customer = customers.json(customer_id);
    const nested = { user_id: customer_id, customer, member: null, benefit: benefitJson(state, benefit_id) };
    return { grant: { ...columns, ...nested }, previous_properties };
  };
  const json = (id: string) => tampered(state, id, shown(id).grant);
  const sent = (id: string) => {
    const { grant, previous_properties } = shown(id);
    return tampered(state, id, { ...grant, previous_properties });
  };
  const events = ['created', 'updated', 'cycled', 'revoked'];
  return polarStream<Grant, Grant, GrantEdits>(state, {
    paths: ['/v1/benefit-grants'],
    scopes: ['benefits:read', 'benefits:write'],
    isOptional: true,
    isListOnly: true,
    records: lazyMap(() => grants().records),
    isServed: (id) => grants().isServed(id),
    json,
    list: grantList(grants),
    webhooks: Object.fromEntries(events.map((event) => [`benefit_grant.${event}`, sent])),
    edits,
    driver: {
      create: (created_at) => edits.createGrant(created_at === undefined ? {} : { created_at }).id,
      edit: (id) => void edits.cycleGrant(id),
      editNested: (id) =>
        void benefitEdits(state).updateBenefit(grants().get(id).benefit_id, { description: state.clock.now() }),
    },
    traffic: () => grantTraffic(grants, edits),
  });
}

const grantList = (grants: () => Table<Grant>): ListDescription<Grant> => ({
  rows: () => grants().served(),
  idOf: ({ id }) => id,
  filters: {
    customer_id: { type: 'uuid', valueOf: ({ customer_id }) => customer_id },
    is_granted: { type: ['true', 'false'], valueOf: ({ is_granted }) => String(is_granted) },
  },
  criteria: {
    created_at: ({ created_at }) => micros(created_at),
    granted_at: ({ granted_at }) => (granted_at === null ? null : micros(granted_at)),
    revoked_at: ({ revoked_at }) => (revoked_at === null ? null : micros(revoked_at)),
  },
  defaultSorting: '-created_at',
});

/** Credits of new periods, and benefits that are taken away and given back. */
function grantTraffic(grants: () => Table<Grant>, edits: GrantEdits): Step[] {
  const one = (chance: Random, isMeant: (grant: Grant) => boolean, edit: (id: string) => unknown) => {
    const meant = grants().served().filter(isMeant);
    if (meant.length > 0) edit(chance.pick(meant).id);
  };
  return [
    [
      2,
      (chance) =>
        one(
          chance,
          ({ is_granted }) => is_granted,
          (id) => edits.cycleGrant(id),
        ),
    ],
    [
      1,
      (chance) =>
        one(
          chance,
          ({ is_granted }) => is_granted,
          (id) => edits.revokeGrant(id),
        ),
    ],
    [
      1,
      (chance) =>
        one(
          chance,
          ({ is_revoked }) => is_revoked,
          (id) => edits.grantAgain(id),
        ),
    ],
  ];
}
