import type { Evidence } from './decide-readiness'

/** What one check of readiness found. */
export type Found = Pick<Evidence, 'outcome' | 'says'> & {
  /** When it was proven, where that is not now: a drill. */
  provenAtMs?: number
}
