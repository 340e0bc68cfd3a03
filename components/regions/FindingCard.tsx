import type { Finding } from '@/model/schemas/plans'
import { TimeStamp } from '../shell/TimeStamp'
import { ProbeSays } from '../ui/ProbeSays'
import { ScrollRegion } from '../ui/ScrollRegion'
import { StatusPill } from '../ui/StatusPill'
import { pillOfFinding, wordOfOutcome } from './finding-words'
import { sharedWords } from './shared-words'

/** What several vantages together say of one server, by its name, and below it what each of them saw, and when. */
export function FindingCard({ server, finding }: { server: string; finding: Finding }) {
  const { status, word } = pillOfFinding(finding.name)
  return (
    <div className="grid min-w-0 grid-cols-1 content-start gap-2">
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span className="font-mono font-medium text-ink-1">{server}</span>
        <StatusPill status={status} word={word} />
        <code className="font-mono text-xs text-ink-3">{finding.name}</code>
      </p>
      <p className="text-sm text-ink-1">{finding.says}</p>
      {finding.name !== 'ServerHealthy' && (
        <p className="text-sm text-ink-3">
          {finding.since ? (
            <>
              since <TimeStamp at={finding.since} />
            </>
          ) : (
            'since when is not known'
          )}
        </p>
      )}
      {finding.vantages.length > 0 && <Vantages server={server} finding={finding} />}
    </div>
  )
}

function Vantages({ server, finding }: { server: string; finding: Finding }) {
  const shared = sharedWords(finding.vantages)
  return (
    <>
      {/* What a relay made of the host's refusal would contradict it: that stays in the titles of the cells. */}
      {shared && finding.name !== 'ServerDown' && <p className="text-sm text-ink-2">What the vantages got: {shared}</p>}
      <ScrollRegion label={`What each vantage saw of ${server}`}>
        <table className="w-full text-sm">
          <caption className="sr-only">What each vantage saw of {server}</caption>
          <thead>
            <tr className="text-left text-ink-3">
              <th scope="col" className="py-1 pr-3 font-medium">
                Seen from
              </th>
              <th scope="col" className="py-1 pr-3 font-medium">
                Outcome
              </th>
              <th scope="col" className="py-1 font-medium">
                Seen, UTC
              </th>
            </tr>
          </thead>
          <tbody>
            {finding.vantages.map((vantage) => (
              <tr key={vantage.region} className="border-t border-hairline align-top">
                <th scope="row" className="py-1 pr-3 text-left font-mono font-normal">
                  {vantage.region}
                </th>
                <td className="py-1 pr-3" title={shared ? (vantage.detail ?? undefined) : undefined}>
                  <StatusPill {...wordOfOutcome(vantage.outcome, finding.name)} bare />
                  {vantage.detail && !shared && (
                    <p className="text-xs text-ink-3">
                      <ProbeSays raw={vantage.detail} />
                    </p>
                  )}
                </td>
                <td className="py-1">
                  {vantage.observedAt ? (
                    <TimeStamp at={vantage.observedAt} form="clock" />
                  ) : (
                    <span className="text-unknown">never</span>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </>
  )
}
