import type { ReadBack, StepDone } from '@/server/workflows'
import { promoteBy, readPromotionBy } from '../switchover/move-writer'
import { type ForcedRun, forcedReceiptOf } from './forced-run'

export function promoteDrained(run: ForcedRun): Promise<StepDone> {
  return promoteBy(run, forcedReceiptOf(run))
}

export function readDrainedPromotion(run: ForcedRun): Promise<ReadBack> {
  return readPromotionBy(run, forcedReceiptOf(run))
}
