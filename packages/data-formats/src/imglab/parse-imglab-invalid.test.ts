import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isFacekpError } from '@facekp/core'
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { realData, testIf } from '../../../../tests/support/require.ts'
import { parseImglab } from './parse-imglab.ts'

const PART = "<part name='0' x='10' y='8'/>"
/** A list as imglab writes it: the image on line 6, its box on line 7, its parts on line 8. */
const formatList = ({
  image = "<image file='a.jpg'>",
  box = "<box top='8' left='10' width='40' height='40'>",
  parts = PART,
} = {}): string =>
  [
    "<?xml version='1.0' encoding='ISO-8859-1'?>",
    "<?xml-stylesheet type='text/xsl' href='image_metadata_stylesheet.xsl'?>",
    '<dataset>',
    '<comment>a test &amp; no other</comment>',
    '<images>',
    image,
    box,
    parts,
    '</box>',
    '</image>',
    '</images>',
    '</dataset>',
    '',
  ].join('\n')
const valid = formatList()

const entities = Array.from(
  { length: 9 },
  (_, i) => `<!ENTITY ${'bcdefghij'[i]} "${`&${'abcdefghi'[i]};`.repeat(10)}">`,
)
const bomb = `<!DOCTYPE dataset [<!ENTITY a "aaaaaaaaaa">${entities.join('')}]>`

test.each<[string, string, number | undefined, RegExp]>([
  ['an empty file', '', undefined, /not well-formed/],
  ['no XML', 'hello', 1, /not well-formed/],
  ['a file that is cut off', valid.slice(0, valid.indexOf("x='10'")), 8, /not well-formed/],
  ['a file that is cut off after an element', valid.slice(0, valid.indexOf('</images>')), undefined, /not well-formed/],
  ['a closing tag of another element', valid.replace('</box>', '</image>'), 9, /not well-formed/],
  ['a duplicate attribute', valid.replace("x='10'", "x='10' x='11'"), 8, /not well-formed/],
  ['an unknown entity', valid.replace('&amp;', '&lol;'), 4, /not well-formed/],
  ['a DOCTYPE', `<!DOCTYPE dataset>\n${valid.replace(/^.*\n/, '')}`, 1, /DOCTYPE/],
  ['exponentially growing entities', `${bomb}\n<dataset>&j;</dataset>`, 1, /DOCTYPE/],
  ['an external entity', '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><dataset>&x;</dataset>', 1, /DOCTYPE/],
  ['an image within an image', formatList({ image: "<image file='a'><image file='b'>" }), 6, /<image> within <images>/],
  [
    'a part within a part',
    formatList({ parts: `<part name='3' x='1' y='1'>${PART}</part>` }),
    8,
    /<part> within <box>/,
  ],
  ['a list within a list', formatList({ parts: '<dataset/>' }), 8, /<dataset> within <nothing>/],
  ['an image without a path', formatList({ image: '<image>' }), 6, /file: expected a path, received none/],
  ['an image with an empty path', formatList({ image: "<image file=' '>" }), 6, /file: expected a path/],
  ['a box without an edge', formatList({ box: "<box top='8' left='10' width='40'>" }), 7, /height: .* received none/],
  ['a box of negative size', formatList({ box: "<box top='8' left='1' width='4' height='-4'>" }), 7, /above 0, .*-4/],
  ['a letter in a number', valid.replace("x='10'", "x='1O'"), 8, /x: expected a number, received "1O"/],
  ['NaN', valid.replace("x='10'", "x='NaN'"), 8, /received "NaN"/],
  ['a number beyond any image', valid.replace("x='10'", "x='1e30'"), 8, /received "1e30"/],
  ['a number twice', formatList({ parts: `${PART}<part name='00' x='1' y='1'/>` }), 8, /00 occurs twice/],
])('%s is an error with file and line', (_, text, line, problem) => {
  expect(() => parseImglab(text, 'list.xml')).toThrow(
    expect.objectContaining({
      code: 'ANNOTATIONS_INVALID',
      file: 'list.xml',
      problem: expect.stringMatching(problem),
      ...(line === undefined ? {} : { line }),
    }),
  )
})

test('the five entities of XML and numbers of characters are expanded', () => {
  expect(parseImglab(formatList({ image: "<image file='a&amp;b&#x2e;jpg'>" })).images[0]?.file).toBe('a&b.jpg')
})

test('a corrupted file is parsed or throws a FacekpError, never another error', () => {
  const fragments = [
    '<',
    '>',
    '&',
    "'",
    '/>',
    '</image>',
    '<box>',
    '<!DOCTYPE a [',
    ']]>',
    '<![CDATA[',
    '<!--',
    '&#0;',
    '\0',
  ]
  const piece = fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom(...fragments))
  fc.assert(
    fc.property(fc.nat(valid.length), fc.nat(60), piece, (from, length, insertion) => {
      try {
        parseImglab(valid.slice(0, from) + insertion + valid.slice(from + length))
      } catch (error) {
        expect(isFacekpError(error)).toBe(true)
      }
    }),
    { numRuns: 500 },
  )
})

// grep -c '<image ', '<part ' of the two files.
const lists = realData('ibug_300W_annotations')
testIf(lists, "dlib's lists").each([
  ['labels_ibug_300W_test.xml', 68544],
  ['labels_ibug_300W_test_parsed.xml', 0],
])("of dlib's %s, all %d parts are read", (name, parts) => {
  const { images } = parseImglab(readFileSync(join(lists as string, name), 'latin1'), name)
  expect(images).toHaveLength(1008)
  expect(images.flatMap(({ faces }) => faces).reduce((sum, face) => sum + face.points.length, 0)).toBe(parts)
})
