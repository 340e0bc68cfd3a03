/** What nothing answers. Without it the pages' own catch-all would send a program to the sign-in page. */
const answer = () => Response.json({ message: 'Nothing has this address.', code: 'NOT_FOUND' }, { status: 404 })

export const dynamic = 'force-dynamic'
export { answer as DELETE, answer as GET, answer as PATCH, answer as POST, answer as PUT }
