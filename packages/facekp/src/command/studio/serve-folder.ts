import { createReadStream } from 'node:fs'
import { realpath, stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join, sep } from 'node:path'
import { pipeline } from 'node:stream/promises'

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
}

export interface ServeFolderOptions {
  /** Values of the header Host that are answered: a page of another name that points here is refused (DNS rebinding). */
  readonly hosts: readonly string[]
  readonly headers: Readonly<Record<string, string>>
}

/** Answers a request with a file of a folder. */
export async function serveFolder(
  folder: string,
  request: IncomingMessage,
  response: ServerResponse,
  { hosts, headers }: ServeFolderOptions,
): Promise<void> {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  if (!hosts.includes(request.headers.host ?? '')) return refuse(response, 403, 'unknown host')
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD')
    return refuse(response, 405, 'only GET and HEAD')
  }
  const file = await findFile(folder, request.url ?? '/')
  if (file === undefined) return refuse(response, 404, 'not found')
  response.setHeader('Content-Type', CONTENT_TYPES[extname(file.path).toLowerCase()] ?? 'application/octet-stream')
  response.setHeader('Content-Length', file.size)
  if (request.method === 'HEAD') response.end()
  else await pipeline(createReadStream(file.path), response)
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${text}\n`)
}

interface FoundFile {
  readonly path: string
  readonly size: number
}

/** Finds the file of a URL; undefined if it does not exist or lies outside of the folder, also through a link. */
async function findFile(folder: string, url: string): Promise<FoundFile | undefined> {
  try {
    const path = decodeURIComponent(url.replace(/[?#].*$/s, ''))
    const [root, file] = await Promise.all([
      realpath(folder),
      realpath(join(folder, path === '/' ? 'index.html' : path)),
    ])
    if (!file.startsWith(join(root, sep))) return undefined
    const stats = await stat(file)
    return stats.isFile() ? { path: file, size: stats.size } : undefined
  } catch {
    return undefined
  }
}
