import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { isFacekpError } from '@facekp/core'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { realData, testIf } from '../../../tests/support/require.ts'
import { formatFace, formatList, formatPart, formatParts } from '../fixtures/imglab-list.ts'
import { type ImglabImage, parseImglab } from './imglab.ts'

async function parse(text: string, chunkSize = text.length): Promise<ImglabImage[]> {
  const chunks = Array.from({ length: Math.ceil(text.length / chunkSize) }, (_, i) =>
    text.slice(i * chunkSize, (i + 1) * chunkSize),
  )
  const images: ImglabImage[] = []
  for await (const image of parseImglab(chunks, 'list.xml')) images.push(image)
  return images
}

describe('parseImglab', () => {
  test('returns images, boxes and parts, for chunks of any size', async () => {
    const text = formatList(
      formatFace({ image: "file='a.jpg' width='64' height='56'" }),
      formatFace({
        file: 'b.jpg',
        box: "height='4.5' width='3' ignore='1' left='-2' top='0.25'",
        parts: ['<label>nobody</label>'],
      }),
      "  <image file='c.jpg'/>",
    )
    const images = await parse(text)
    expect(images.map(({ file, line, boxes }) => [file, line, boxes.length])).toEqual([
      ['a.jpg', 7, 1],
      ['b.jpg', 79, 1],
      ['c.jpg', 84, 0],
    ])
    expect(images[0]).toMatchObject({
      width: 64,
      height: 56,
      boxes: [{ line: 8, ignore: false, box: { left: 10, top: 8, width: 40, height: 40 } }],
    })
    expect(images[0]?.boxes[0]?.parts[11]).toEqual({ number: 11, x: 14, y: 13.25 })
    expect(images[1]?.boxes[0]).toEqual({
      line: 80,
      ignore: true,
      box: { left: -2, top: 0.25, width: 3, height: 4.5 },
      parts: [],
    })
    for (const chunkSize of [1, 7, 1000]) expect(await parse(text, chunkSize)).toEqual(images)
  })

  test('accepts parts in any order, with and without leading zeros, and attributes in any order and quotes', async () => {
    const [{ boxes }] = (await parse(
      formatList(formatFace({ parts: ['<part y="3" name="7" x="1.5"/>', "<part x='-1' y='2e1' name='000'></part>"] })),
    )) as [ImglabImage]
    expect(boxes[0]?.parts).toEqual([
      { number: 7, x: 1.5, y: 3 },
      { number: 0, x: -1, y: 20 },
    ])
  })

  test('expands the five entities of XML in a path', async () => {
    expect((await parse(formatList(formatFace({ file: 'a&amp;b&#x2e;jpg' }))))[0]?.file).toBe('a&b.jpg')
  })

  const editParts = (edit: (parts: string[]) => void): string => {
    const parts = formatParts()
    edit(parts)
    return formatList(formatFace({ parts }))
  }
  const valid = formatList()
  const bomb = `<!DOCTYPE dataset [<!ENTITY a "aaaaaaaaaa">${Array.from({ length: 9 }, (_, i) => `<!ENTITY ${'bcdefghij'[i]} "${`&${'abcdefghi'[i]};`.repeat(10)}">`).join('')}]>`
  test.each<[string, string, object]>([
    ['an empty file', '', { code: 'XML_INVALID' }],
    ['no XML', 'hello', { code: 'XML_INVALID', line: 1 }],
    ['a truncated file', valid.slice(0, valid.indexOf("name='13'")), { code: 'XML_INVALID', line: 22 }],
    ['a truncated file after an element', valid.slice(0, valid.indexOf('</images>')), { code: 'XML_INVALID' }],
    ['a closing tag of another element', valid.replace('</box>', '</image>'), { code: 'XML_INVALID', line: 77 }],
    ['a duplicate attribute', valid.replace("x='10'", "x='10' x='11'"), { code: 'XML_INVALID', line: 9 }],
    ['an unknown entity', valid.replace('&amp;', '&lol;'), { code: 'XML_INVALID', line: 5 }],
    ['a DOCTYPE', `<!DOCTYPE dataset>\n${valid.replace(/^.*\n/, '')}`, { code: 'XML_DOCTYPE', line: 1 }],
    ['exponentially growing entities', `${bomb}\n<dataset>&j;</dataset>`, { code: 'XML_DOCTYPE', line: 1 }],
    [
      'an external entity',
      '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><dataset>&x;</dataset>',
      { code: 'XML_DOCTYPE' },
    ],
    ['another root', '<html></html>', { code: 'IMGLAB_NESTING', line: 1, received: 'the root of the file' }],
    [
      'a box outside an image',
      formatList("<box top='1' left='1' width='2' height='2'/>"),
      { code: 'IMGLAB_NESTING', line: 7, received: 'within <images>', expected: '<box> within <image>' },
    ],
    [
      'an image within an image',
      formatList("<image file='a'><image file='b'/></image>"),
      { code: 'IMGLAB_NESTING', line: 7 },
    ],
    [
      'a part within a part',
      editParts((parts) => (parts[3] = "<part name='3' x='1' y='1'><part name='4' x='1' y='1'/></part>")),
      { code: 'IMGLAB_NESTING', line: 12 },
    ],
    ['a list within a list', formatList('<dataset/>'), { code: 'IMGLAB_NESTING', line: 7 }],
    ['an image without a path', formatList(formatFace({ image: '' })), { code: 'IMGLAB_IMAGE', line: 7 }],
    ['an image with an empty path', formatList(formatFace({ file: ' ' })), { code: 'IMGLAB_IMAGE', line: 7 }],
    [
      'a box without an edge',
      formatList(formatFace({ box: "top='8' left='10' width='40'" })),
      { code: 'IMGLAB_BOX', line: 8, problem: 'box: height is missing' },
    ],
    [
      'a box of no size',
      formatList(formatFace({ box: "top='8' left='10' width='0' height='40'" })),
      { code: 'IMGLAB_BOX', line: 8, received: '0', expected: 'a number above 0' },
    ],
    [
      'a box of negative size',
      formatList(formatFace({ box: "top='8' left='10' width='40' height='-4'" })),
      { code: 'IMGLAB_BOX', line: 8, received: '-4' },
    ],
    [
      'an invalid number',
      editParts((parts) => (parts[2] = parts[2]?.replace("x='18'", "x='1O'") as string)),
      { code: 'IMGLAB_PART', line: 11, received: '1O', problem: 'part: invalid x' },
    ],
    ['NaN', valid.replace("x='10'", "x='NaN'"), { code: 'IMGLAB_PART', line: 9 }],
    ['a number beyond any image', valid.replace("x='10'", "x='1e30'"), { code: 'IMGLAB_PART', line: 9 }],
    ['a part without a number', valid.replace("name='00'", "name='nose'"), { code: 'IMGLAB_PART', line: 9 }],
    [
      'a duplicate part number',
      editParts((parts) => (parts[5] = formatPart(5, { name: '4' }))),
      { code: 'IMGLAB_PART_DUPLICATE', line: 14, received: '4' },
    ],
  ])('%s is an error with file and line', async (_, text, expected) => {
    await expect(parse(text)).rejects.toMatchObject({ file: 'list.xml', ...expected })
  })

  test('a corrupted file is parsed or throws a FacekpError, never another error', async () => {
    const text = formatList(formatFace(), formatFace({ file: 'b.jpg' }))
    const piece = fc.oneof(
      fc.string({ maxLength: 8 }),
      fc.constantFrom(
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
      ),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.nat(text.length),
        fc.nat(60),
        piece,
        fc.integer({ min: 1, max: 999 }),
        async (from, length, insertion, chunkSize) => {
          const outcome = await parse(text.slice(0, from) + insertion + text.slice(from + length), chunkSize).catch(
            (error) => error,
          )
          expect(Array.isArray(outcome) || isFacekpError(outcome)).toBe(true)
        },
      ),
      { numRuns: 500 },
    )
  })

  // grep -c '<image ', '<part ' of the two files.
  const lists = realData('ibug_300W_annotations')
  testIf(lists, "dlib's lists")('reads the original lists', async () => {
    for (const [name, parts] of [
      ['labels_ibug_300W_test.xml', 68544],
      ['labels_ibug_300W_test_parsed.xml', 0],
    ] as const) {
      const boxes = []
      const path = join(lists as string, name)
      for await (const image of parseImglab(createReadStream(path, 'latin1'), path)) boxes.push(...image.boxes)
      expect(boxes).toHaveLength(1008)
      expect(boxes.reduce((sum, box) => sum + box.parts.length, 0)).toBe(parts)
    }
  })
})
