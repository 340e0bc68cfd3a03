import net from 'node:net'

/** Throws with what to do when somebody else listens on the port already, before anything is started. */
export async function claimPort(port: number): Promise<void> {
  const probe = net.createServer()
  await new Promise<void>((resolve, reject) => {
    probe.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(
              `Port ${port} is taken. Stop what listens there, or choose another: npm start -- --port ${port + 1}`,
            )
          : new Error(`Port ${port} cannot be used (${error.code}).`),
      ),
    )
    probe.listen(port, '127.0.0.1', resolve)
  })
  await new Promise((resolve) => probe.close(resolve))
}
