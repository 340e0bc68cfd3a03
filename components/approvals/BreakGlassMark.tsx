import { StatusPill } from '../ui/StatusPill'

/** Beside whatever skipped its quorum, wherever it is listed: a shape and a word, so that no colour is needed to see it. */
export function BreakGlassMark() {
  return <StatusPill status="crit" word="Break-glass" />
}
