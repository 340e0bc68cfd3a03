import { handleNothing } from '@/server/api/handlers'

const answer = (request: Request) => handleNothing(request)

export const dynamic = 'force-dynamic'
export { answer as DELETE, answer as GET, answer as PATCH, answer as POST, answer as PUT }
