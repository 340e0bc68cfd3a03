/**
 * Two streams of rows in one order, put side by side. Pure: it knows neither SQL nor what a row holds.
 */

/** Where a row lies on its server, and whether its transaction lies behind the divergence. */
export type Place = { relation: string; at: string; rawXid: string; xid: string; isNew: boolean }
export type Entry = { key: string; place: Place }
/** All rows of one key on both sides; each list is empty or longer, where keys are not unique. */
export type Group = { key: string; theirs: readonly Place[]; ours: readonly Place[] }

export type Difference = { key: string; theirs: Place | null; ours: Place | null }

/** More rows alike than this, in a table without a key, are not told apart. */
export const ALIKE_MAX = 100_000

export class OutOfOrder extends Error {}

/** Keys of both, in ascending order of their UTF-8 bytes. Throws OutOfOrder when a stream is not in that order. */
export async function* mergeByKey(theirs: AsyncIterable<Entry>, ours: AsyncIterable<Entry>): AsyncGenerator<Group> {
  const left = runsOf(theirs)
  const right = runsOf(ours)
  let [l, r] = await Promise.all([nextOf(left), nextOf(right)])
  for (;;) {
    const order = l && r ? compareKeys(l.key, r.key) : l ? -1 : 1
    const first = order <= 0 ? l : r
    if (!first) return
    yield { key: first.key, theirs: order <= 0 ? (l?.places ?? []) : [], ours: order >= 0 ? (r?.places ?? []) : [] }
    ;[l, r] = await Promise.all([order <= 0 ? nextOf(left) : l, order >= 0 ? nextOf(right) : r])
  }
}

/**
 * What one key says. The old server's row is behind the divergence: it wrote it. The successor's row is not, and the old
 * server has none: it deleted it. A row that the successor has written since, and that the old server does not have, is the
 * successor's own: whether there was one before, and the old server deleted it, is written nowhere any more.
 */
export function differenceOf({ key, ...rows }: Group): Difference | null {
  const [theirs, ours] = [rows.theirs[0] ?? null, rows.ours[0] ?? null]
  if (theirs?.isNew) return { key, theirs, ours }
  return theirs === null && ours !== null && !ours.isNew ? { key, theirs, ours } : null
}

/** For rows without a key, which are alike or not: those that one side has more of. Their copies are numbered. */
export function differencesOfAlike({ key, theirs, ours }: Group): Difference[] {
  const before = ours.filter(({ isNew }) => !isNew)
  const surplus = theirs.length - before.length
  const written = surplus > 0 ? theirs.filter(({ isNew }) => isNew).slice(0, surplus) : []
  const deleted = surplus < 0 ? before.slice(surplus) : []
  const copyOf = (index: number) => `{"copy":${index + 1},"row":${key}}`
  return [
    ...written.map((place, index) => ({ key: copyOf(index), theirs: place, ours: null })),
    ...deleted.map((place, index) => ({ key: copyOf(index), theirs: null, ours: place })),
  ]
}

export function compareKeys(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b))
}

type Run = { key: string; places: Place[] }

async function nextOf(runs: AsyncGenerator<Run, void>): Promise<Run | null> {
  const { value } = await runs.next()
  return value ?? null
}

async function* runsOf(entries: AsyncIterable<Entry>): AsyncGenerator<Run, void> {
  let run: Run = { key: '', places: [] }
  for await (const { key, place } of entries) {
    if (run.key === key) {
      if (run.places.length >= ALIKE_MAX) throw new OutOfOrder(`More than ${ALIKE_MAX} rows are alike.`)
      run.places.push(place)
      continue
    }
    if (compareKeys(run.key, key) > 0) throw new OutOfOrder('The rows did not come in the order of their keys.')
    if (run.places.length > 0) yield run
    run = { key, places: [place] }
  }
  if (run.places.length > 0) yield run
}
