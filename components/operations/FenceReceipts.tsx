import type { OperationDetail } from '@/model/schemas/operations'
import { fenceStrengths } from '@/model/states'
import { PanelFrame } from '../shell/Panel'
import { TimeStamp } from '../shell/TimeStamp'
import { CopyText } from '../ui/CopyText'
import { Facts } from '../ui/Facts'
import { StatusPill } from '../ui/StatusPill'

/** Proof that the old writer cannot commit any more, in its own words. Nothing is promoted without one. */
export function FenceReceipts({ receipts }: { receipts: OperationDetail['receipts'] }) {
  return (
    <PanelFrame title="Fence">
      {receipts.length === 0 ? (
        <p className="text-ink-2">No receipt yet. Nothing is promoted without one.</p>
      ) : (
        <ul className="grid gap-4">
          {receipts.map((receipt) => (
            <li key={receipt.id} className="grid gap-2">
              <div className="flex flex-wrap items-center gap-2">
                <StatusPill status="ok" word={receipt.strength} />
                <p className="text-sm text-ink-2">{fenceStrengths[receipt.strength]}</p>
              </div>
              <Facts facts={factsOf(receipt)} className="text-sm" />
            </li>
          ))}
        </ul>
      )}
    </PanelFrame>
  )
}

function factsOf(receipt: OperationDetail['receipts'][number]) {
  const mono = (text: string | number | null) => <span className="font-mono">{text ?? 'not known'}</span>
  return [
    ['Server', mono(receipt.memberId)],
    ['Closed at epoch', mono(receipt.epoch)],
    ['Canary refused with', mono(receipt.refusalCode && `${receipt.refusalCode} (${receipt.refusalSqlstate})`)],
    ['Final WAL position', mono(receipt.lsn)],
    ['Timeline', mono(receipt.timeline)],
    [
      'System identifier',
      receipt.systemIdentifier ? <CopyText key="id" text={receipt.systemIdentifier} /> : 'not known',
    ],
    ['Seen from', mono(receipt.vantage)],
    ['Taken', <TimeStamp key="at" at={receipt.takenAt} />],
  ] as const
}
