import { expect, test } from '@jest/globals'
import { decodeText } from './decode-text.ts'

const xml = (encoding: string, name: string): string => `<?xml version='1.0' encoding='${encoding}'?><a b='${name}'/>`
const utf16be = (text: string): Buffer => Buffer.from(`\uFEFF${text}`, 'utf16le').swap16()

// The bytes of Cyrillic and of curly quotes: python3 -c "print('Фото'.encode('cp1251').hex(), '“ü”'.encode('cp1252').hex())"
test.each<[string, Buffer, string]>([
  ['UTF-8, whatever the header declares', Buffer.from(xml('ISO-8859-1', 'Jürgen')), xml('ISO-8859-1', 'Jürgen')],
  ['UTF-8 with a mark', Buffer.from('\uFEFFü'), 'ü'],
  ['ISO-8859-1', Buffer.from(xml('ISO-8859-1', 'Jürgen'), 'latin1'), xml('ISO-8859-1', 'Jürgen')],
  ['ISO-8859-1 that claims to be UTF-8', Buffer.from(xml('UTF-8', 'Jürgen'), 'latin1'), xml('UTF-8', 'Jürgen')],
  ['UTF-16, little-endian', Buffer.from(`\uFEFF${xml('UTF-16', 'Jürgen')}`, 'utf16le'), xml('UTF-16', 'Jürgen')],
  ['UTF-16, big-endian', utf16be(xml('UTF-16', 'Jürgen')), xml('UTF-16', 'Jürgen')],
  ['UTF-16 without a mark', Buffer.from(xml('UTF-16', 'Jürgen'), 'utf16le'), xml('UTF-16', 'Jürgen')],
  ['UTF-16, big-endian, without a mark', utf16be(xml('UTF-16', 'Jürgen')).subarray(2), xml('UTF-16', 'Jürgen')],
  [
    'another encoding that the header declares',
    Buffer.concat([Buffer.from("<?xml version='1.0' encoding='windows-1251'?><a b='"), Buffer.from('d4eef2ee', 'hex')]),
    "<?xml version='1.0' encoding='windows-1251'?><a b='Фото",
  ],
  ['Windows-1252 without a header', Buffer.from('93fc94', 'hex'), '“ü”'],
])('%s is decoded by its bytes', (_, bytes, text) => {
  expect(decodeText(bytes)).toBe(text)
})
