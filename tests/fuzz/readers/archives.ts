import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { unpackArchive } from '../../../internal/download/src/archive.ts'
import type { FuzzReader } from '../fuzz-reader.ts'
import { createTar, sealTar } from '../tar.ts'

const archive = createTar([
  ['faces/a.txt', 'a'],
  ['faces/list.xml', '<dataset/>'],
  ['b', 'x'.repeat(600)],
])
const WORDS = ['../outside', '/tmp/outside', 'ustar', '././@LongLink', '11 path=a\n', '1', '2', '5', 'x', 'g', 'L']

function unpack(bytes: Uint8Array, folder: string): Promise<void> {
  const file = join(folder, 'archive')
  writeFileSync(file, bytes)
  return unpackArchive(file, join(folder, 'target'), { maxBytes: 10_000_000 })
}

export const tar: FuzzReader = { inputs: [archive], words: WORDS, seal: sealTar, read: unpack }
export const gzippedTar: FuzzReader = { ...tar, seal: (bytes) => gzipSync(sealTar(bytes), { level: 1 }) }
export const gzip: FuzzReader = { inputs: [gzipSync(archive)], read: unpack }
