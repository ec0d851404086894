import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { FacekpError } from '@facekp/core'
import { serveFolder } from './serve-folder.ts'

/** Only programs of this machine reach it. */
const ADDRESS = '127.0.0.1'
const FIRST_PORT = 4180
/** Number of ports that are tried if none is named. */
const PORTS = 20

/** A server that answers requests. */
export interface RunningServer {
  readonly url: string
  /** Closes the server and its connections. */
  close(): Promise<void>
}

export interface StartServerOptions {
  /** Port; 0 for any free one. Default: the first free one from 4180. */
  readonly port?: number | undefined
}

/**
 * Serves the page in a folder on this machine only.
 *
 * @throws FacekpError `STUDIO_MISSING` if the folder has no page, `PORT_IN_USE`
 */
export async function startServer(folder: string, { port }: StartServerOptions = {}): Promise<RunningServer> {
  const headers = await createHeaders(folder)
  const server = createServer((request, response) => {
    const { port: openPort } = server.address() as AddressInfo
    const hosts = listHosts(openPort)
    // An answer fails if its reader has gone.
    serveFolder(folder, request, response, { hosts, headers }).catch(() => response.destroy())
  })
  await listen(server, port)
  return {
    url: `http://${ADDRESS}:${(server.address() as AddressInfo).port}/`,
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

/** Lists the headers Host of requests to a port of this machine; browsers leave the port of http out. */
export function listHosts(port: number): string[] {
  return [ADDRESS, 'localhost'].map((name) => new URL(`http://${name}:${port}/`).host)
}

async function listen(server: Server, port: number | undefined): Promise<void> {
  const ports = port === undefined ? Array.from({ length: PORTS }, (_, i) => FIRST_PORT + i) : [port]
  for (const candidate of ports) {
    try {
      server.listen(candidate, ADDRESS)
      await once(server, 'listening')
      return
    } catch (error) {
      if (!['EADDRINUSE', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
    }
  }
  throw new FacekpError({
    code: 'PORT_IN_USE',
    problem: `cannot listen on ${ADDRESS}`,
    received: port === undefined ? `no free port from ${FIRST_PORT} to ${FIRST_PORT + PORTS - 1}` : `port ${port}`,
    expected: 'a free port as --port N; --port 0 takes any',
  })
}

/** Creates the headers of all answers. What the page may load is said by the page itself. */
async function createHeaders(folder: string): Promise<Record<string, string>> {
  const html = await readFile(join(folder, 'index.html'), 'utf8').catch((cause: unknown) => {
    throw new FacekpError({
      code: 'STUDIO_MISSING',
      file: folder,
      problem: 'the page of the studio is not in this package',
      expected: 'the published package facekp; in the repository: pnpm build',
      cause,
    })
  })
  const [, policy = "default-src 'self'"] = /http-equiv="Content-Security-Policy"\s+content="([^"]+)"/i.exec(html) ?? []
  return {
    'Content-Security-Policy': `${policy}; frame-ancestors 'none'`,
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'no-cache',
  }
}
