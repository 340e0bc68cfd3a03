import Link from 'next/link'
import { endSentence } from '@/model/join-sentences'
import { paths } from '@/model/paths'
import type { OperationDetail } from '@/model/schemas/operations'
import { TimeStamp } from '../shell/TimeStamp'
import { ButtonLink } from '../ui/Button'
import { Notice } from '../ui/Notice'

/** What a person may want to do next about a run that has ended: offered in words, never begun by itself. */
export function NextSteps({ operation }: { operation: OperationDetail }) {
  if (operation.kind === 'planned-switchover' && operation.status === 'undone')
    return <AskForForced operation={operation} />
  if (operation.kind === 'forced-failover' && operation.status === 'done')
    return <AfterFailover operation={operation} />
  return null
}

/** "Try planned, then stop and ask": this is the question. */
function AskForForced({ operation: { id, plan } }: { operation: OperationDetail }) {
  const wasTold = plan.kind === 'planned-switchover' && plan.thenAsk
  return (
    <Notice
      status={wasTold ? 'warn' : 'unknown'}
      action={
        <ButtonLink href={paths.newFailover({ cell: plan.cell, target: plan.target.member, after: id })}>
          Look at a forced failover
        </ButtonLink>
      }
    >
      {wasTold
        ? 'It was to try the planned way, then stop and ask. It has stopped: '
        : 'If the planned way cannot succeed, there is another: '}
      a forced failover of {plan.cell} to {plan.target.member} may lose data. Its dry run says how much, and two people
      have to approve it. Nothing has been started.
    </Notice>
  )
}

function AfterFailover({ operation: { acknowledgement, staleServer, plan } }: { operation: OperationDetail }) {
  return (
    <Notice
      status={acknowledgement ? 'ok' : 'warn'}
      action={
        staleServer && (
          <Link className="link text-sm" href={paths.staleServer({ id: staleServer.id })}>
            Open {staleServer.member}
          </Link>
        )
      }
    >
      {acknowledgement ? (
        <>
          {acknowledgement.person.name} acknowledged it <TimeStamp at={acknowledgement.at} form="ago" />:{' '}
          {endSentence(acknowledgement.note)}
        </>
      ) : (
        `Nobody has acknowledged it yet: ${plan.cell} rests until somebody does.`
      )}{' '}
      {sayLeftBehind(plan.source.member, staleServer?.status ?? 'away')}
    </Notice>
  )
}

/** What became of the old primary, and what comes next for it. */
function sayLeftBehind(member: string, status: string): string {
  if (status === 'rebuilt') return `${member} is a standby again.`
  if (status === 'lost') return `${member} was given up: what only it held can no longer be read.`
  if (status === 'extracted') return `${member} is closed and read out. It is rebuilt once that is approved.`
  if (status === 'closed') return `${member} is closed and is being read out. It is rebuilt once that is approved.`
  if (status === 'returned') return `${member} answers again and is being closed; then it is read out.`
  return `${member} stays closed. When it returns it is read out, and rebuilt once that is approved.`
}
