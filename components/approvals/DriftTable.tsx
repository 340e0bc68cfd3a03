import type { RequestDetail } from '@/model/schemas/operations'

/** The differences that made the plan untrue: approved is what was planned, never what it turned into. */
export function DriftTable({ drift }: Pick<RequestDetail, 'drift'>) {
  return (
    <table className="mt-2 block w-full overflow-x-auto text-sm">
      <caption className="sr-only">Differences between the plan and now</caption>
      <thead>
        <tr className="text-left text-ink-3">
          <th scope="col" className="pr-4 font-medium">
            What
          </th>
          <th scope="col" className="pr-4 font-medium">
            Planned
          </th>
          <th scope="col" className="font-medium">
            Now
          </th>
        </tr>
      </thead>
      <tbody>
        {drift.map(({ what, planned, now }) => (
          <tr key={`${what} ${planned}`} className="align-top">
            <th scope="row" className="pr-4 text-left font-normal">
              {what}
            </th>
            <td className="pr-4 font-mono break-all">{planned}</td>
            <td className="font-mono break-words">{now}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
