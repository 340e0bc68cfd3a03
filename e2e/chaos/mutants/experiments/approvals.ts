import { asAdmin } from '@/server/engines/postgres/testing'
import { orphanedEvents } from '../../approvals/judge'
import type { Round } from '../../approvals/plan-rounds'
import { ApprovalStage } from '../../approvals/stage'
import { seededRandom } from '../../seeded-random'
import type { Planting } from '../plant-sql'
import { approveOwn, losesRole, voteTwice } from './approval-attacks'

const calm: Round = {
  kind: 'planned-switchover',
  quorum: 1,
  gap: 'none',
  afterMs: null,
  clicks: 12,
  vetoes: 0,
  isGlassBroken: false,
}
/** The least rounds in which every rule of an approval is leaned on once. */
const rounds: readonly Round[] = [
  calm,
  { ...calm, gap: 'edit-plan' },
  { ...calm, gap: 'edit-request' },
  { ...calm, gap: 'expired-clock-behind' },
  { ...calm, gap: 'epoch' },
  { ...calm, gap: 'disable', quorum: 2, afterMs: 0 },
]

/** A few rounds of the approvals suite, and the attacks that need a role of their own. */
export async function approvalsExperiment(planting: Planting): Promise<string[]> {
  const stage = await ApprovalStage.open()
  try {
    await planting.catalog(stage.calm.url)
    const violations: string[] = []
    for (const [index, round] of rounds.entries())
      violations.push(...(await stage.play(round, seededRandom(index))).violations)
    // What is found is found: in a world that is broken already, the attacks below may not even be possible.
    if (violations.length > 0) return violations
    for (const attack of [approveOwn, voteTwice, losesRole]) violations.push(...(await attack(stage.calm)))
    violations.push(...(await failToCommit(stage)))
    return violations
  } finally {
    await stage.close()
  }
}

/** The request is refused at the very end of its transaction, as by a catalog that dies: nothing may be told of it. */
async function failToCommit(stage: ApprovalStage): Promise<string[]> {
  await asAdmin(
    stage.calm.url,
    `CREATE FUNCTION fail_commit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'The end of the world.'; END $$;
     CREATE CONSTRAINT TRIGGER fail_commit AFTER INSERT ON operation_request DEFERRABLE INITIALLY DEFERRED
       FOR EACH ROW EXECUTE FUNCTION fail_commit()`,
  )
  await stage.play(calm, seededRandom(0)).catch(() => {}) // nothing can be asked for now
  return orphanedEvents(stage.calm.db)
}
