import type { ReactNode } from 'react'
import { ScrollRegion } from './ScrollRegion'

type Row = { what: string; was: ReactNode; is: ReactNode }

/** Two states of the same things beside each other. `heads` names the two. */
export function CompareTable({
  caption,
  heads,
  rows,
}: {
  caption: string
  heads: readonly [was: string, is: string]
  rows: readonly Row[]
}) {
  return (
    <ScrollRegion label={caption}>
      <table className="w-full text-sm">
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr className="text-left text-ink-3">
            {['What', ...heads].map((head) => (
              <th key={head} scope="col" className="py-1 pr-4 font-medium last:pr-0">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ what, was, is }) => (
            <tr key={what} className="border-t border-hairline align-top">
              <th scope="row" className="py-1.5 pr-4 text-left font-normal text-ink-2">
                {what}
              </th>
              <td className="py-1.5 pr-4 break-words">{was}</td>
              <td className="py-1.5 font-medium break-words text-ink-1">{is}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  )
}
