/**
 * Decodes a text file by its bytes: UTF-16 by its mark or by the zero beside the first character, which is ASCII in every format, UTF-8 if they are valid UTF-8, else the encoding that an XML header declares, else Windows-1252. A
 * declared encoding comes last, because dlib's imglab declares ISO-8859-1 whatever it writes.
 */
export function decodeText(bytes: Uint8Array): string {
  const utf16 = findUtf16(bytes)
  if (utf16) return new TextDecoder(utf16).decode(bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return decodeDeclared(bytes)
  }
}

/** Finds the order of the bytes of UTF-16, as PowerShell writes it, by the first two; undefined for other encodings. */
export function findUtf16([first, second]: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  if ((first === 0xff && second === 0xfe) || (first && second === 0)) return 'utf-16le'
  if ((first === 0xfe && second === 0xff) || (first === 0 && second)) return 'utf-16be'
  return undefined
}

function decodeDeclared(bytes: Uint8Array): string {
  const header = decodeWindows1252(bytes.subarray(0, 200))
  const [, label = ''] = /^<\?xml[^>]*encoding=["']([\w-]+)["']/i.exec(header) ?? []
  if (/^(|utf.*|iso-8859-1|latin1|windows-1252)$/i.test(label)) return decodeWindows1252(bytes)
  try {
    return new TextDecoder(label).decode(bytes)
  } catch {
    return decodeWindows1252(bytes)
  }
}

/** The characters of the bytes 0x80 to 0x9f, which some releases of Node leave as control characters. */
const WINDOWS_1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ'

function decodeWindows1252(bytes: Uint8Array): string {
  const text = new TextDecoder('windows-1252').decode(bytes)
  return text.replaceAll(/[\u0080-\u009f]/g, (char) => WINDOWS_1252[char.charCodeAt(0) - 0x80] as string)
}
