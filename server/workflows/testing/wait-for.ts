import { setTimeout as sleep } from 'node:timers/promises'
import type { OperationState } from '@/model/states'
import type { Db } from '@/server/db'
import { findOperation, type OperationRecord } from '../operation-record'

const WAIT_MS_MAX = 60_000
const POLL_MS = 20

/** Waits for what the journal says of one operation; fails with what it says instead. */
export async function waitForOperation(
  db: Db,
  operationId: string,
  isSo: (operation: OperationRecord) => boolean,
): Promise<OperationRecord> {
  const deadlineMs = performance.now() + WAIT_MS_MAX
  for (;;) {
    const operation = (await findOperation(db, operationId))!
    if (isSo(operation)) return operation
    const steps = operation.steps.map(({ name, status, error }) => `${name} ${status} ${error ?? ''}`).join(', ')
    if (performance.now() > deadlineMs)
      throw new Error(`${operation.code} is ${operation.status} after ${WAIT_MS_MAX} ms: ${steps}`)
    await sleep(POLL_MS)
  }
}

export function waitForStatus(db: Db, operationId: string, ...states: OperationState[]): Promise<OperationRecord> {
  return waitForOperation(db, operationId, ({ status }) => states.includes(status))
}
