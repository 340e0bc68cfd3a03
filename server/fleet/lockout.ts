import { z } from 'zod'
import { writeKeptFile } from '@/server/kept-file'
import { FleetError } from './fleet-error'
import { readJsonFile } from './json-files'

/** Operations whose release is remembered: a power-off that comes late, after its own release, must find that out. */
const RELEASED_KEPT_MAX = 100

/** `off`: it does not start. `closed`: it runs or may start, and lets nobody but the superuser in. */
const Lockout = z.object({
  operationId: z.string(),
  state: z.enum(['off', 'closed']),
  /** Whether it ran before it was switched off: what a release goes back to. */
  wasOn: z.boolean(),
  /** Null until the last of its processes was seen dead: then the power-off has to be finished first. */
  offAt: z.string().nullable(),
  pid: z.number().nullable(),
  killedCount: z.number(),
})
export type Lockout = z.infer<typeof Lockout>

const Lockouts = z.object({
  version: z.literal(1),
  members: z.record(z.string(), Lockout),
  released: z.array(z.string()),
})
type Lockouts = z.infer<typeof Lockouts>

/**
 * Which servers were taken out of service from outside, as a padlock on their power switch. It lies on disk before anything
 * is switched, so neither a killed worker nor a restarted fleet brings such a server back.
 */
export class LockoutBook {
  #queue: Promise<unknown> = Promise.resolve()

  private constructor(
    private readonly path: string,
    private book: Lockouts,
  ) {}

  static async open(path: string): Promise<LockoutBook> {
    return new LockoutBook(path, (await readJsonFile(path, Lockouts)) ?? { version: 1, members: {}, released: [] })
  }

  of(member: string): Lockout | null {
    return this.book.members[member] ?? null
  }

  wasReleased(member: string, operationId: string): boolean {
    return this.book.released.includes(releaseKey(member, operationId))
  }

  set(member: string, lockout: Lockout): Promise<void> {
    return this.#write((book) => ({ ...book, members: { ...book.members, [member]: lockout } }))
  }

  lift(member: string, operationId: string): Promise<void> {
    return this.#write(({ members, released, ...book }) => {
      const { [member]: _, ...others } = members
      const key = releaseKey(member, operationId)
      const kept = [...released.filter((known) => known !== key), key].slice(-RELEASED_KEPT_MAX)
      return { ...book, members: others, released: kept }
    })
  }

  /** What is in memory is what is on disk: a change that could not be written did not happen. */
  #write(change: (book: Lockouts) => Lockouts): Promise<void> {
    const turn = this.#queue.then(async () => {
      const next = change(this.book)
      await writeKeptFile(this.path, next)
      this.book = next
    })
    this.#queue = turn.catch(() => {})
    return turn
  }
}

export function whyNotStarted(member: string, lockout: Lockout | null): string | null {
  if (lockout?.state !== 'off') return null
  return `${member} was powered off for operation ${lockout.operationId} and stays off: release it, bring it back closed, or rebuild it.`
}

export function expectStartable(member: string, lockout: Lockout | null): void {
  const problem = whyNotStarted(member, lockout)
  if (problem) throw new FleetError('conflict', problem)
}

function releaseKey(member: string, operationId: string): string {
  return `${member} ${operationId}`
}
