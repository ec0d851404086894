const BLOCK = 512

/** Creates a tar archive of text files (POSIX.1-1988, ustar). */
export function createTar(files: readonly (readonly [name: string, text: string])[]): Uint8Array {
  const blocks = files.flatMap(([name, text]) => {
    const header = Buffer.alloc(BLOCK)
    header.write(name, 0)
    header.write('0000644', 100)
    header.write(text.length.toString(8).padStart(11, '0'), 124)
    header.write('00000000000', 136)
    header.write('0', 156)
    header.write('ustar\x0000', 257)
    const content = Buffer.alloc(Math.ceil(text.length / BLOCK) * BLOCK)
    content.write(text)
    return [header, content]
  })
  return sealTar(Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]))
}

/** Gives each header of an archive its checksum: the sum of its bytes, with spaces in place of the checksum. */
export function sealTar(bytes: Uint8Array): Uint8Array {
  const sealed = Buffer.from(bytes)
  for (let at = 0; at + BLOCK <= sealed.length; ) {
    const header = sealed.subarray(at, at + BLOCK)
    const size = Number.parseInt(header.toString('latin1', 124, 136), 8) || 0
    if (header[0] !== 0) {
      header.fill(' ', 148, 156)
      const sum = header.reduce((total, byte) => total + byte, 0)
      header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
    }
    at += BLOCK + Math.max(0, Math.ceil(size / BLOCK)) * BLOCK
  }
  return sealed
}
