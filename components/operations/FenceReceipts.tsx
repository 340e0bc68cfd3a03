import type { ReactNode } from 'react'
import type { OperationDetail } from '@/model/schemas/operations'
import type { FenceStrength } from '@/model/states'
import { PanelFrame } from '../shell/Panel'
import { TimeStamp } from '../shell/TimeStamp'
import { CopyText } from '../ui/CopyText'
import { Facts } from '../ui/Facts'
import { StatusPill } from '../ui/StatusPill'
import { fenceWords } from './fence-words'

type Receipt = OperationDetail['receipts'][number]

/** How it is known that the old writer commits nothing any more: what the receipt proves, and what it does not. */
export function FenceReceipts({ receipts, staleServer }: Pick<OperationDetail, 'receipts' | 'staleServer'>) {
  return (
    <PanelFrame title="Fence">
      {receipts.length === 0 ? (
        <p className="text-ink-2">No receipt yet. Nothing is promoted without one.</p>
      ) : (
        <ul className="grid gap-4">
          {receipts.map((receipt) => (
            <li key={receipt.id} className="grid gap-2">
              <div>
                <StatusPill status={receipt.strength === 'DECLARED' ? 'warn' : 'ok'} word={receipt.strength} />
              </div>
              <p className="text-sm text-ink-1">{fenceWords[receipt.strength].proves}</p>
              <p className="text-sm text-ink-3">{fenceWords[receipt.strength].doesNot}</p>
              <Facts facts={factsOf(receipt, staleServer)} className="text-sm" />
            </li>
          ))}
        </ul>
      )}
    </PanelFrame>
  )
}

const mono = (text: string | number | null) => <span className="font-mono">{text ?? 'not known'}</span>

function factsOf(receipt: Receipt, staleServer: OperationDetail['staleServer']): (readonly [string, ReactNode])[] {
  return [
    ['Server', mono(receipt.memberId)],
    ['Closed at epoch', mono(receipt.epoch)],
    ...seenFacts[receipt.strength](receipt, staleServer),
    ['Seen from', mono(receipt.vantage)],
    ['Taken', <TimeStamp key="at" at={receipt.takenAt} />],
  ]
}

/** Only a gate that was closed and asked tells of a canary and of where the log ended. */
const seenFacts = {
  PROVEN: (receipt) => [
    ['Canary refused with', mono(receipt.refusalCode && `${receipt.refusalCode} (${receipt.refusalSqlstate})`)],
    ['WAL position of the fence', mono(receipt.lsn)],
    ['Timeline', mono(receipt.timeline)],
    [
      'System identifier',
      receipt.systemIdentifier ? <CopyText key="id" text={receipt.systemIdentifier} /> : 'not known',
    ],
  ],
  POWERED_OFF: (_, staleServer) => [['WAL position of the fence', sayUnseen(staleServer)]],
  LEASE_EXPIRED: (_, staleServer) => [['WAL position of the fence', sayUnseen(staleServer)]],
  DECLARED: () => [['WAL position of the fence', 'not known, and nothing proves that there is a last one']],
} as const satisfies Record<
  FenceStrength,
  (receipt: Receipt, staleServer: OperationDetail['staleServer']) => (readonly [string, ReactNode])[]
>

/** Nobody saw the last position then. It is found when the server returns, which may be over by now. */
function sayUnseen(staleServer: OperationDetail['staleServer']): string {
  if (staleServer?.status === 'extracted' || staleServer?.status === 'rebuilt')
    return `not seen by the fence; the log of ${staleServer.member} was read out when it returned`
  if (staleServer?.status === 'lost') return `not known: what ${staleServer.member} held can no longer be read`
  return 'not known: it is read when the server returns'
}
