import { setTimeout as sleep } from 'node:timers/promises'
import { finalOperationStates } from '@/model/states'
import type { OperationRecord } from '@/server/workflows/operation-record'

const RUN_MS_MAX = 300_000
const POLL_MS = 100
const RETRIES_MAX = 30

type Around = {
  /** Null while the catalog is away. */
  read(): Promise<OperationRecord | null>
  /** What a person does where the operation asks for one. */
  help(operation: OperationRecord): Promise<void>
  /** There is always another worker that lives. */
  replaceDead(): Promise<unknown>
}

/** Waits for the end of an operation. A person helps once the last blow has fallen. */
export async function untilFinal(
  { read, help, replaceDead }: Around,
  blows: readonly Promise<void>[],
): Promise<OperationRecord> {
  const giveUpAtMs = performance.now() + RUN_MS_MAX
  let helpedCount = 0
  let areOver = false
  void Promise.all(blows).then(() => {
    areOver = true
  })
  for (;;) {
    const operation = await read()
    if (operation && finalOperationStates.some((state) => state === operation.status)) return operation
    if (performance.now() > giveUpAtMs)
      throw new Error(`Not over after ${RUN_MS_MAX} ms: ${operation ? whereItStands(operation) : 'it cannot be read.'}`)
    if (operation?.status === 'needs-human' && areOver) {
      if (++helpedCount > RETRIES_MAX) throw new Error(`It needs a human again and again: ${operation.statusReason}`)
      await help(operation)
    }
    await replaceDead()
    await sleep(POLL_MS)
  }
}

/** For whoever has to find out why it goes no further. */
function whereItStands({ status, statusReason, leaseHolder, steps }: OperationRecord): string {
  const begun = steps.filter((step) => !['pending', 'done'].includes(step.status))
  const told = begun.map((step) => `${step.name} ${step.status}, attempt ${step.attempts}: ${step.error ?? 'no error'}`)
  return [`${status}, held by ${leaseHolder ?? 'nobody'}`, statusReason, ...told].filter(Boolean).join('; ')
}
