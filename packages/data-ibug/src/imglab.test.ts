import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { isFacekpError } from '@facekp/core'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { realData, testIf } from '../../../tests/support/require.ts'
import { allParts, faceText, listText, partText } from '../fixtures/lists.ts'
import { type ImglabImage, parseImglab } from './imglab.ts'

async function read(text: string, chunk = text.length): Promise<ImglabImage[]> {
  const pieces = Array.from({ length: Math.ceil(text.length / chunk) }, (_, i) =>
    text.slice(i * chunk, (i + 1) * chunk),
  )
  const images: ImglabImage[] = []
  for await (const image of parseImglab(pieces, 'list.xml')) images.push(image)
  return images
}

describe('parseImglab', () => {
  test('gives pictures, boxes and parts, whatever the pieces of the text', async () => {
    const text = listText(
      faceText({ image: "file='a.jpg' width='64' height='56'" }),
      faceText({
        file: 'b.jpg',
        box: "height='4.5' width='3' ignore='1' left='-2' top='0.25'",
        parts: ['<label>nobody</label>'],
      }),
      "  <image file='c.jpg'/>",
    )
    const images = await read(text)
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
    for (const chunk of [1, 7, 1000]) expect(await read(text, chunk)).toEqual(images)
  })

  test('takes parts in any order, with and without zeros before, and attributes in any order and quotes', async () => {
    const [{ boxes }] = (await read(
      listText(faceText({ parts: ['<part y="3" name="7" x="1.5"/>', "<part x='-1' y='2e1' name='000'></part>"] })),
    )) as [ImglabImage]
    expect(boxes[0]?.parts).toEqual([
      { number: 7, x: 1.5, y: 3 },
      { number: 0, x: -1, y: 20 },
    ])
  })

  test("expands XML's own entities in a path, and no other", async () => {
    expect((await read(listText(faceText({ file: 'a&amp;b&#x2e;jpg' }))))[0]?.file).toBe('a&b.jpg')
  })

  const parts = (change: (all: string[]) => void): string => {
    const all = allParts()
    change(all)
    return listText(faceText({ parts: all }))
  }
  const good = listText()
  const bomb = `<!DOCTYPE dataset [<!ENTITY a "aaaaaaaaaa">${Array.from({ length: 9 }, (_, i) => `<!ENTITY ${'bcdefghij'[i]} "${`&${'abcdefghi'[i]};`.repeat(10)}">`).join('')}]>`
  test.each<[string, string, object]>([
    ['an empty file', '', { code: 'XML_INVALID' }],
    ['something else', 'hello', { code: 'XML_INVALID', line: 1 }],
    ['a file that is cut off', good.slice(0, good.indexOf("name='13'")), { code: 'XML_INVALID', line: 22 }],
    ['a file that is cut off after an element', good.slice(0, good.indexOf('</images>')), { code: 'XML_INVALID' }],
    ['elements that close the wrong one', good.replace('</box>', '</image>'), { code: 'XML_INVALID', line: 77 }],
    ['an attribute twice', good.replace("x='10'", "x='10' x='11'"), { code: 'XML_INVALID', line: 9 }],
    ['an unknown entity', good.replace('&amp;', '&lol;'), { code: 'XML_INVALID', line: 5 }],
    ['a DOCTYPE', `<!DOCTYPE dataset>\n${good.replace(/^.*\n/, '')}`, { code: 'XML_DOCTYPE', line: 1 }],
    ['entities that grow', `${bomb}\n<dataset>&j;</dataset>`, { code: 'XML_DOCTYPE', line: 1 }],
    [
      'an outer entity',
      '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><dataset>&x;</dataset>',
      { code: 'XML_DOCTYPE' },
    ],
    ['another root', '<html></html>', { code: 'IMGLAB_NESTING', line: 1, received: 'the root of the file' }],
    [
      'a box outside a picture',
      listText("<box top='1' left='1' width='2' height='2'/>"),
      { code: 'IMGLAB_NESTING', line: 7, received: 'within <images>', expected: '<box> within <image>' },
    ],
    [
      'a picture within a picture',
      listText("<image file='a'><image file='b'/></image>"),
      { code: 'IMGLAB_NESTING', line: 7 },
    ],
    [
      'a part within a part',
      parts((all) => (all[3] = "<part name='3' x='1' y='1'><part name='4' x='1' y='1'/></part>")),
      { code: 'IMGLAB_NESTING', line: 12 },
    ],
    ['a list within a list', listText('<dataset/>'), { code: 'IMGLAB_NESTING', line: 7 }],
    ['a picture without a path', listText(faceText({ image: '' })), { code: 'IMGLAB_IMAGE', line: 7 }],
    ['a picture of an empty path', listText(faceText({ file: ' ' })), { code: 'IMGLAB_IMAGE', line: 7 }],
    [
      'a box without an edge',
      listText(faceText({ box: "top='8' left='10' width='40'" })),
      { code: 'IMGLAB_BOX', line: 8, problem: 'box: height is missing' },
    ],
    [
      'a box of no size',
      listText(faceText({ box: "top='8' left='10' width='0' height='40'" })),
      { code: 'IMGLAB_BOX', line: 8, received: '0', expected: 'a number above 0' },
    ],
    [
      'a box of negative size',
      listText(faceText({ box: "top='8' left='10' width='40' height='-4'" })),
      { code: 'IMGLAB_BOX', line: 8, received: '-4' },
    ],
    [
      'a number that is none',
      parts((all) => (all[2] = all[2]?.replace("x='18'", "x='1O'") as string)),
      { code: 'IMGLAB_PART', line: 11, received: '1O', problem: 'part: x cannot be read' },
    ],
    ['NaN', good.replace("x='10'", "x='NaN'"), { code: 'IMGLAB_PART', line: 9 }],
    ['a number beyond all pictures', good.replace("x='10'", "x='1e30'"), { code: 'IMGLAB_PART', line: 9 }],
    ['a part without a number', good.replace("name='00'", "name='nose'"), { code: 'IMGLAB_PART', line: 9 }],
    [
      'a part number twice',
      parts((all) => (all[5] = partText(5, { name: '4' }))),
      { code: 'IMGLAB_PART_TWICE', line: 14, received: '4' },
    ],
  ])('%s is an error with file and line', async (_, text, expected) => {
    await expect(read(text)).rejects.toMatchObject({ file: 'list.xml', ...expected })
  })

  test('a changed file is read or is a FacekpError, never another error', async () => {
    const text = listText(faceText(), faceText({ file: 'b.jpg' }))
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
        async (from, length, put, chunk) => {
          const outcome = await read(text.slice(0, from) + put + text.slice(from + length), chunk).catch(
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
