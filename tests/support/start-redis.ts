import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export const REDIS = '/usr/bin/redis-server'

/** A Redis of a test, in a folder and on a port of its own. */
export interface RedisServer {
  readonly url: string
  /** Kills the server, as a crash does. */
  kill(): Promise<void>
  /** Starts the server again, with what it had written to its disk. */
  restart(): Promise<void>
  /** Sets the bytes of memory beyond which the server refuses to store anything; 0 for no limit. */
  limitMemory(bytes: number): Promise<void>
  /** Ends the server and removes its folder. */
  stop(): Promise<void>
}

/** Starts a Redis that writes each change to its disk. */
export async function startRedis({ password }: { readonly password?: string } = {}): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'facekp-redis-'))
  const port = await findPort()
  const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, '--appendonly', 'yes', '--save', '']
  if (password !== undefined) args.push('--requirepass', password)
  let server: ChildProcess | undefined
  const restart = async (): Promise<void> => {
    server = spawn(REDIS, args, { stdio: 'ignore' })
    await waitForPort(port)
  }
  const kill = async (): Promise<void> => {
    const ended = new Promise((resolve) => server?.once('close', resolve))
    server?.kill('SIGKILL')
    await ended
    server = undefined
  }
  await restart()
  return {
    url: `redis://${password === undefined ? '' : `:${password}@`}127.0.0.1:${port}`,
    kill,
    restart,
    limitMemory: (bytes) => sendCommand(port, `CONFIG SET maxmemory ${bytes}`),
    async stop() {
      if (server) await kill()
      rmSync(folder, { recursive: true })
    },
  }
}

/** Next port to try. Processes begin at different ones. */
let nextPort = 10_000 + ((process.pid * 16) % 22_000)

/**
 * Finds a port that is free, below those that the system gives to connections and to servers that name none: one of these could take it
 * before the server starts, or while it restarts.
 */
export async function findPort(): Promise<number> {
  for (;;) {
    const port = nextPort++
    const server = createServer()
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true))
    })
    if (!isFree) continue
    await new Promise((resolve) => server.close(resolve))
    return port
  }
}

async function waitForPort(port: number): Promise<void> {
  for (;;) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1')
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
      socket.once('connect', () => socket.destroy())
    })
    if (isOpen) return
    await sleep(20)
  }
}

/** Sends a command to a server without password, and waits for its answer. */
async function sendCommand(port: number, command: string): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  socket.write(`${command}\r\n`)
  const [answer] = await once(socket, 'data')
  socket.destroy()
  if (!`${answer}`.startsWith('+OK')) throw new Error(`${command}: ${answer}`)
}
