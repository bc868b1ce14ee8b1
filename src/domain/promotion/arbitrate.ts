import type { Candidate } from './evaluate';
import type { Bill } from './kind';
import type { OrderLine } from './order';
import type { Whole } from './whole';

/** How promotions that could apply to the same lines are decided between (spec/domain.md 9.4). */
export const discountModes = ['best', 'priority_first', 'stack_sequential', 'stack_additive'] as const;
export type Mode = (typeof discountModes)[number];

/** A group of promotions, and of groups, with a mode of its own; to its parent it is one promotion. */
export interface PromotionGroup {
  readonly id: number;
  readonly externalId: string;
  readonly parentId: number | null;
  readonly mode: Mode;
  readonly priority: number;
}

type Node = { priority: number; id: number } & (
  | { candidate: Candidate }
  | { mode: Mode; children: readonly Node[] }
);

/**
 * The candidates as the tree their groups make, each level in the order of priority and id, groups behind
 * promotions of the same priority. So it does not matter in which order anything is read.
 */
export function treeOf(
  candidates: readonly Candidate[],
  groups: readonly PromotionGroup[],
  mode: Mode,
): Node {
  const known = new Set(groups.map(({ id }) => id));
  const under = (parentId: number | null): Node[] => {
    const own = candidates
      .filter(({ promotion: { groupId } }) => (known.has(groupId ?? 0) ? groupId : null) === parentId)
      .map((candidate) => ({ ...ranked(candidate.promotion), candidate }));
    const below = groups
      .filter((group) => group.parentId === parentId)
      .map((group) => ({ ...ranked(group), mode: group.mode, children: under(group.id) }));
    return [...own.sort(byId), ...below.sort(byId)].sort((a, b) => a.priority - b.priority);
  };
  return { priority: 0, id: 0, mode, children: under(null) };
}

const ranked = ({ priority, id }: { priority: number; id: number }) => ({ priority, id });
const byId = (a: { id: number }, b: { id: number }) => a.id - b.id;

/** What a candidate takes off each line, or gives for it. */
export interface Share {
  readonly candidate: Candidate;
  readonly perLine: readonly Whole[];
}

/** How the lines stand: what is due, how far it may fall, who has a share in each, and which are taken. */
export interface Standing {
  readonly lines: readonly OrderLine[];
  readonly due: readonly Whole[];
  readonly room: readonly Whole[];
  readonly holders: readonly (readonly Candidate[])[];
  readonly taken: ReadonlySet<number>;
}

/** What one candidate would take or give, on those lines of the bill that are open to it. */
export type Take = (candidate: Candidate, bill: Bill) => Whole[];

/** Whether the line is open to the candidate: a promotion that does not combine has its lines for itself. */
export function isOpen(candidate: Candidate, holders: readonly Candidate[]): boolean {
  return holders.every(
    (holder) => holder === candidate || (holder.promotion.isCombinable && candidate.promotion.isCombinable),
  );
}

/** The shares that the tree's modes come to. Policies are explained in docs/promotions.md. */
export function arbitrate(node: Node, standing: Standing, take: Take): Share[] {
  if ('candidate' in node) return sharesOf(node.candidate, standing, take);
  switch (node.mode) {
    case 'best':
      return best(node.children, standing, take);
    case 'priority_first':
      return inTurn(node.children, standing, take, (before, shares) => ({
        ...before,
        taken: new Set(
          [...before.lines.keys()].filter((index) => before.taken.has(index) || isShared(shares, index)),
        ),
      }));
    case 'stack_sequential':
      return inTurn(node.children, standing, take, (before, shares) => ({
        ...before,
        room: lessened(before.room, shares),
        due: lessened(before.due, shares),
      }));
    case 'stack_additive':
      return inTurn(node.children, standing, take, (before, shares) => ({
        ...before,
        room: lessened(before.room, shares),
      }));
  }
}

function sharesOf(candidate: Candidate, standing: Standing, take: Take): Share[] {
  const { lines, due, room, holders, taken } = standing;
  const isFree = (index: number) => !taken.has(index) && isOpen(candidate, holders[index] ?? []);
  const scope = [...lines.keys()].filter(isFree);
  const perLine = take(candidate, { lines, due, room, scope });
  return perLine.some((share) => share > 0n) ? [{ candidate, perLine }] : [];
}

function isShared(shares: readonly Share[], index: number): boolean {
  return shares.some(({ perLine }) => (perLine[index] ?? 0n) > 0n);
}

/** What the shares leave of each line. */
export function lessened(wholes: readonly Whole[], shares: readonly Share[]): Whole[] {
  return wholes.map((whole, index) =>
    shares.reduce((left, { perLine }) => left - (perLine[index] ?? 0n), whole),
  );
}

/** Each child alone, from where all began; each line goes to the child that does most for it. */
function best(children: readonly Node[], standing: Standing, take: Take): Share[] {
  const results = children.map((child) => arbitrate(child, standing, take));
  const totals = results.map((shares) =>
    standing.lines.map((_, index) =>
      shares.reduce((total, { perLine }) => total + (perLine[index] ?? 0n), 0n),
    ),
  );
  const winners = standing.lines.map((_, index) =>
    totals.reduce((winner, lineTotals, child) => {
      const most = totals[winner]?.[index] ?? 0n;
      return (lineTotals[index] ?? 0n) > most ? child : winner;
    }, 0),
  );
  return results.flatMap((shares, child) =>
    shares
      .map(({ candidate, perLine }) => ({
        candidate,
        perLine: perLine.map((share, index) => (winners[index] === child ? share : 0n)),
      }))
      .filter(({ perLine }) => perLine.some((share) => share > 0n)),
  );
}

/** One child after the other, each on what the ones before it have left. */
function inTurn(
  children: readonly Node[],
  standing: Standing,
  take: Take,
  after: (before: Standing, shares: readonly Share[]) => Standing,
): Share[] {
  const all: Share[] = [];
  let now = standing;
  for (const child of children) {
    const shares = arbitrate(child, now, take);
    if (shares.length === 0) continue;
    all.push(...shares);
    now = { ...after(now, shares), holders: heldBy(now.holders, shares) };
  }
  return all;
}

/** Who has a share in each line, with these shares. */
export function heldBy(holders: Standing['holders'], shares: readonly Share[]): Candidate[][] {
  return holders.map((before, index) => [
    ...before,
    ...shares.filter(({ perLine }) => (perLine[index] ?? 0n) > 0n).map(({ candidate }) => candidate),
  ]);
}
