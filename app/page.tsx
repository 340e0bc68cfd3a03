import { redirect } from 'next/navigation'
import { paths } from '@/model/paths'

export default function Page() {
  redirect(paths.overview())
}
