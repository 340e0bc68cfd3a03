import { handleRest } from '@/server/api/handlers'

export const dynamic = 'force-dynamic'
const answer = (request: Request) => handleRest(request)

export { answer as DELETE, answer as GET, answer as PATCH, answer as POST, answer as PUT }
