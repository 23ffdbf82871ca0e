import type { Fynn } from '../../src/simulator/fynn/fynn.ts';

/** One edit of a tenant; `place` and `other` choose what it concerns, among what there is then. */
export interface FynnEdit {
  kind: keyof typeof KINDS;
  place: number;
  other: number;
}

const at = <T>(items: readonly T[], index: number): T | undefined => items[index % items.length];
const livingLink = ({ links }: Fynn, place: number) =>
  at(
    [...links.values()].filter(({ deletedAt }) => deletedAt === null),
    place,
  );
const livingItem = (fynn: Fynn, place: number, other: number) => at(livingLink(fynn, place)?.itemIds ?? [], other);
const price = ({ prices }: Fynn, place: number) => at([...prices.values()], place);
/** One of the active prices, but never the last: new items need one. */
function activePrice({ prices }: Fynn, place: number) {
  const active = [...prices.values()].filter(({ status }) => status === 'active');
  return active.length > 1 ? at(active, place) : undefined;
}

/** Does something with what there is; with nothing there is nothing to do. */
const given = <T, R>(thing: T | undefined, act: (thing: T) => R) => (thing === undefined ? undefined : act(thing));

const KINDS = {
  createLink: (fynn: Fynn) => fynn.createLink(),
  updateLink: (fynn: Fynn, place: number, other: number) =>
    given(livingLink(fynn, place), ({ id }) =>
      fynn.updateLink(id, { slug: `slug-${other}`, isEnabled: other % 2 > 0 }),
    ),
  deleteLink: (fynn: Fynn, place: number) => given(livingLink(fynn, place), ({ id }) => fynn.deleteLink(id)),
  addItem: (fynn: Fynn, place: number, other: number) =>
    given(livingLink(fynn, place), ({ id, itemIds }) => fynn.addItem(id, {}, other % (itemIds.length + 1))),
  removeItem: (fynn: Fynn, place: number, other: number) =>
    given(livingItem(fynn, place, other), (id) => fynn.removeItem(id)),
  moveItem: (fynn: Fynn, place: number, other: number) =>
    given(livingItem(fynn, place, other), (id) => fynn.moveItem(id, 0)),
  setItems: (fynn: Fynn, place: number, other: number) =>
    given(livingLink(fynn, place), ({ id }) =>
      fynn.setItems(
        id,
        Array.from({ length: other % 4 }, () => ({})),
      ),
    ),
  createPrice: (fynn: Fynn) => fynn.createPrice(),
  changePrice: (fynn: Fynn, place: number, other: number) =>
    given(price(fynn, place), ({ id }) => fynn.changePrice(id, 100 * other)),
  archivePrice: (fynn: Fynn, place: number) => given(activePrice(fynn, place), ({ id }) => fynn.archivePrice(id)),
  updateProduct: (fynn: Fynn, place: number, other: number) =>
    given(at([...fynn.products.keys()], place), (id) => fynn.updateProduct(id, { name: `Name ${other}` })),
  updatePlan: (fynn: Fynn, place: number, other: number) =>
    given(at([...fynn.plans.keys()], place), (id) => fynn.updatePlan(id, { description: `Text ${other}` })),
};

const isKind = (name: string): name is FynnEdit['kind'] => name in KINDS;

/** All that an edit of a tenant can be. */
export const FYNN_KINDS = Object.keys(KINDS).filter(isKind);

/** Makes an edit; one that finds nothing to work on does nothing. */
export const applyFynn = (fynn: Fynn, { kind, place, other }: FynnEdit): void => void KINDS[kind](fynn, place, other);
