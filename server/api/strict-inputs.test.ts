import { expect, test } from 'vitest'
import { z } from 'zod'
import { listProcedures } from './procedures'

/**
 * A field that is mistyped and dropped in silence changes what was asked for: a dry run of "targetMembr" would plan for
 * whatever server is best. Hence every object of every input refuses what it does not know, and so does a procedure
 * without an input. What the browser's authenticator answers is a foreign format, which may grow.
 */
const foreign = ['session.addPasskey: response', 'session.proveByPasskey: response']
const procedures = listProcedures()

test.each(procedures)('$path refuses a field that it does not know', ({ path, inputs }) => {
  expect(inputs, 'one input, even if nothing belongs in it').toHaveLength(1)
  const loose = objectsIn(inputs[0]!).filter(({ isStrict }) => !isStrict)
  expect(loose.map(({ at }) => `${path}: ${at}`).filter((place) => !isForeign(place))).toEqual([])
})

test('the walk finds an object wherever it is, and the exceptions exist', () => {
  const held = z.object({ loose: z.string() })
  const wraps = [
    held,
    held.optional(),
    held.nullable().default(null),
    held.transform((value) => value),
    z.array(held),
    z.record(z.string(), held),
    z.union([z.string(), held]),
    z.intersection(held, held),
    z.tuple([held]),
    z.lazy(() => held),
    z.strictObject({ held }),
  ]
  for (const wrap of wraps) expect(objectsIn(wrap).some(({ isStrict }) => !isStrict)).toBe(true)
  expect(objectsIn(z.strictObject({ held: z.array(z.strictObject({})) })).every(({ isStrict }) => isStrict)).toBe(true)
  const places = procedures.flatMap(({ path, inputs }) =>
    inputs.flatMap((input) => objectsIn(input)).map(({ at }) => `${path}: ${at}`),
  )
  expect(foreign.filter((place) => !places.includes(place))).toEqual([])
})

test.each(procedures)('$path takes no word for true but “true”', ({ inputs }) => {
  // What REST is built on turns every text of a bare boolean into true, "false" among them: `Flag` of model/schemas/common.ts does not.
  const bare = objectsIn(inputs[0]!).flatMap(({ booleans }) => booleans)
  expect(bare).toEqual([])
})

const isForeign = (place: string) => foreign.some((root) => place === root || place.startsWith(`${root}.`))

type Found = { at: string; isStrict: boolean; booleans: string[] }

function isBoolean(schema: z.core.$ZodType): boolean {
  const { def } = schema._zod as { def: z.core.$ZodTypes['_zod']['def'] }
  return def.type === 'boolean' || ('innerType' in def && isBoolean(def.innerType))
}

/** Every object schema inside `schema`, by the path of field names that leads to it. */
function objectsIn(schema: z.core.$ZodType, at = ''): Found[] {
  const { def } = schema._zod as { def: z.core.$ZodTypes['_zod']['def'] }
  const under = (name: string) => (at === '' ? name : `${at}.${name}`)
  switch (def.type) {
    case 'object': {
      const isStrict = def.catchall?._zod.def.type === 'never'
      const inside = Object.entries(def.shape).flatMap(([name, field]) => objectsIn(field, under(name)))
      const booleans = Object.entries(def.shape).flatMap(([name, field]) => (isBoolean(field) ? [under(name)] : []))
      return [{ at, isStrict, booleans }, ...inside]
    }
    case 'array':
      return objectsIn(def.element, at)
    case 'record':
      return objectsIn(def.valueType, at)
    case 'union':
      return def.options.flatMap((option) => objectsIn(option, at))
    case 'intersection':
      return [...objectsIn(def.left, at), ...objectsIn(def.right, at)]
    case 'tuple':
      return def.items.flatMap((item) => objectsIn(item, at))
    case 'lazy':
      return objectsIn(def.getter(), at)
    case 'pipe':
      return [...objectsIn(def.in, at), ...objectsIn(def.out, at)]
    default:
      return 'innerType' in def ? objectsIn(def.innerType, at) : []
  }
}
