import { Page, PageHeader } from '@/components/shell/PageHeader'
import { ButtonLink } from '@/components/ui/Button'
import { paths } from '@/model/paths'

/** The same text whether a thing does not exist or may not be seen: the difference would tell what exists. */
export default function NotFound() {
  return (
    <Page>
      <PageHeader title="Not found" says="It does not exist, or you may not see it." />
      <p>
        <ButtonLink href={paths.overview()}>Go to the overview</ButtonLink>
      </p>
    </Page>
  )
}
