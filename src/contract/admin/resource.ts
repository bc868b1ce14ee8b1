import type { z } from 'zod';
import { endpoint } from '../endpoint';
import { integer, list, nullable, object, optional } from '../fields';

/** How the endpoints of a resource are made: all of them management, in JSON, for tokens with scope admin. */

type Json = Readonly<Record<string, unknown>>;

interface Resource<
  Parent extends z.ZodRawShape,
  Key extends z.ZodRawShape,
  Create extends z.ZodRawShape,
  Change extends z.ZodRawShape,
  Answer extends z.ZodRawShape,
  Position extends z.ZodType,
> {
  /** Such as "program" and "programs". */
  one: string;
  many: string;
  /** Paths of the collection and of one of it, with the fields that stand in them. */
  collection: string;
  parent: Parent;
  item: string;
  key: Key;
  /** The key of the answer that lists are in order of. */
  position: Position;
  /** What it is made from, what of it can be changed, and how it is answered. */
  create: Create;
  change: Change;
  answer: Answer;
  notes: { create: string; change: string; remove: string };
  example: { parent: Json; key: Json; create: Json; change: Json; answer: Json };
}

const family = 'admin';
const scope = 'admin';
const missing = ['resource_not_found'] as const;
const refused = ['resource_not_found', 'conflict'] as const;

/** The five endpoints of a resource: list, create, read, change, remove. */
export function resourceEndpoints<
  Parent extends z.ZodRawShape,
  Key extends z.ZodRawShape,
  Create extends z.ZodRawShape,
  Change extends z.ZodRawShape,
  Answer extends z.ZodRawShape,
  Position extends z.ZodType,
>({ one, many, example, notes, ...it }: Resource<Parent, Key, Create, Change, Answer, Position>) {
  const response = object(it.answer);
  return {
    list: listEndpoint({ many, example, ...it }),
    create: endpoint({
      method: 'POST',
      path: it.collection,
      family,
      scope,
      summary: `Create a ${one}`,
      description: notes.create,
      request: object({ ...it.parent, ...it.create }),
      response,
      refusals: refused,
      status: 201,
      examples: [{ request: { ...example.parent, ...example.create }, response: example.answer }],
    }),
    read: endpoint({
      method: 'GET',
      path: it.item,
      family,
      scope,
      summary: `Read a ${one}`,
      description: `One of the ${many}.`,
      request: object(it.key),
      response,
      refusals: missing,
      examples: [{ request: example.key, response: example.answer }],
    }),
    change: endpoint({
      method: 'PATCH',
      path: it.item,
      family,
      scope,
      summary: `Change a ${one}`,
      description: `What is left out stays. ${notes.change}`,
      request: object({ ...it.key, ...it.change }),
      response,
      refusals: refused,
      examples: [{ request: { ...example.key, ...example.change }, response: example.answer }],
    }),
    remove: endpoint({
      method: 'DELETE',
      path: it.item,
      family,
      scope,
      summary: `Delete a ${one}`,
      description: `Answers what was deleted. ${notes.remove}`,
      request: object(it.key),
      response,
      refusals: refused,
      examples: [{ request: example.key, response: example.answer }],
    }),
  };
}

/** The endpoint that lists a collection, page by page. */
export function listEndpoint<
  Parent extends z.ZodRawShape,
  Answer extends z.ZodRawShape,
  Position extends z.ZodType,
>({
  many,
  collection,
  parent,
  answer,
  position,
  example,
}: Pick<
  Resource<Parent, never, never, never, Answer, Position>,
  'many' | 'collection' | 'parent' | 'answer' | 'position'
> & { example: { parent: Json; answer: Json } }) {
  return endpoint({
    method: 'GET',
    path: collection,
    family,
    scope,
    summary: `List ${many}`,
    description: `The ${many}, page by page in a fixed order. next_after is null on the last page.`,
    request: object({
      ...parent,
      after: optional(position).describe('next_after of the page before. Absent: the first page.'),
      limit: optional(integer({ min: 1, max: 1_000 })).describe('Rows of a page, 1 to 1000. Absent: 100.'),
    }),
    response: object({ items: list(object(answer)), next_after: nullable(position) }),
    refusals: missing,
    examples: [{ request: example.parent, response: { items: [example.answer], next_after: null } }],
  });
}
