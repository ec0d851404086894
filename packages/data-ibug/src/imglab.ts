import { type Box, FacekpError } from '@facekp/core'
import { SaxesParser } from 'saxes'
import { z } from 'zod'
import { checkFields } from './check-fields.ts'
import { number, numberIn, positive, wholeNumber, wholeNumberIn } from './numbers.ts'

/** A picture of the list. */
export interface ImglabImage {
  /** As the list has it: a path from the list's own folder. */
  readonly file: string
  /** Of the list. */
  readonly line: number
  /** Of the picture in pixels, where the list tells it. */
  readonly width?: number | undefined
  readonly height?: number | undefined
  readonly boxes: readonly ImglabBox[]
}

/** A face, or what a detector shall leave alone. */
export interface ImglabBox {
  /** Along pixel edges, as all boxes here: dlib's left and top are those of the first pixel inside. */
  readonly box: Box
  readonly line: number
  /** Whether the box marks something that shall not be looked at. */
  readonly ignore: boolean
  /** None in a list of pictures to find the points in. */
  readonly parts: readonly ImglabPart[]
}

/** A point, counted from 0; pixels, (0, 0) being the center of the picture's first pixel. */
export interface ImglabPart {
  readonly number: number
  readonly x: number
  readonly y: number
}

const imageSchema = z.object({
  file: z.string().regex(/\S/, 'a path'),
  width: positive.optional(),
  height: positive.optional(),
})
const boxSchema = z.object({
  left: number,
  top: number,
  width: positive,
  height: positive,
  ignore: z.enum(['0', '1']).default('0'),
})
const partSchema = z
  .object({ name: wholeNumber, x: number, y: number })
  .transform(({ name, x, y }) => ({ number: name, x, y }))

/** What may stand in what. Other elements (name, comment, label) tell nothing that is read. */
const PARENTS: Readonly<Record<string, string | undefined>> = {
  dataset: undefined,
  images: 'dataset',
  image: 'images',
  box: 'image',
  part: 'box',
}

/**
 * Reads the XML of dlib's imglab as a stream, picture by picture: image, boxes (also those to `ignore`), parts in any order of
 * numbers, whole or decimal; boxes without parts and images without boxes. No entity is expanded but XML's own five, and a
 * DOCTYPE is refused.
 *
 * Throws a FacekpError with file and line: `XML_INVALID` (cut off, nested wrongly, an unknown entity …), `XML_DOCTYPE`,
 * `IMGLAB_NESTING` (a box outside an image, say), `IMGLAB_IMAGE`, `IMGLAB_BOX` (also of no size), `IMGLAB_PART`,
 * `IMGLAB_PART_TWICE`.
 *
 * @param chunks the text, in pieces of any length
 * @param file what errors call it
 * @example
 * ```ts
 * const response = await fetch('labels_ibug_300W_train.xml')
 * for await (const { file, boxes } of parseImglab(response.body.pipeThrough(new TextDecoderStream()))) console.log(file)
 * ```
 *
 * Source: dlib, `dlib/data_io/image_dataset_metadata.h` and `tools/imglab`.
 */
export async function* parseImglab(
  chunks: Iterable<string> | AsyncIterable<string>,
  file = 'imglab',
): AsyncGenerator<ImglabImage> {
  const images: ImglabImage[] = []
  const parser = imglabParser(file, (image) => images.push(image))
  for await (const chunk of chunks) {
    parser.write(chunk)
    yield* images.splice(0)
  }
  parser.close()
  yield* images.splice(0)
}

type Growing<T> = { -readonly [Key in keyof T]: T[Key] extends readonly (infer Item)[] ? Item[] : T[Key] }

function imglabParser(file: string, onImage: (image: ImglabImage) => void): SaxesParser {
  const parser = new SaxesParser({ position: false, xmlns: false })
  const open: string[] = []
  let image: Growing<ImglabImage> | undefined
  let box: Growing<ImglabBox> | undefined
  let seen = new Set<number>()

  const elements: Record<string, (attributes: Record<string, string>) => void> = {
    image(attributes) {
      const place = { code: 'IMGLAB_IMAGE', file, line: parser.line, what: 'image' }
      image = { ...checkFields(imageSchema, attributes, place), line: parser.line, boxes: [] }
    },
    box(attributes) {
      const place = { code: 'IMGLAB_BOX', file, line: parser.line, what: 'box' }
      const { ignore, ...edges } = checkFields(boxSchema, attributes, place)
      box = { box: edges, line: parser.line, ignore: ignore === '1', parts: [] }
      image?.boxes.push(box)
      seen = new Set()
    },
    part(attributes) {
      const place = { code: 'IMGLAB_PART', file, line: parser.line, what: 'part' }
      // A list has hundreds of thousands of them, so that the schema only tells what is wrong.
      let part = { number: wholeNumberIn(attributes.name), x: numberIn(attributes.x), y: numberIn(attributes.y) }
      if (Number.isNaN(part.number + part.x + part.y)) part = checkFields(partSchema, attributes, place)
      if (seen.has(part.number)) {
        throw new FacekpError({
          ...place,
          code: 'IMGLAB_PART_TWICE',
          problem: 'a box has two parts of one number',
          received: attributes.name,
          expected: 'each number once',
        })
      }
      seen.add(part.number)
      box?.parts.push(part)
    },
  }

  parser.on('opentag', ({ name, attributes }) => {
    const parent = open.at(-1)
    if (parent === undefined ? name !== 'dataset' : Object.hasOwn(PARENTS, name) && PARENTS[name] !== parent) {
      throw new FacekpError({
        code: 'IMGLAB_NESTING',
        file,
        line: parser.line,
        problem: `<${name}> stands where it must not`,
        received: parent === undefined ? 'the root of the file' : `within <${parent}>`,
        expected: parent === undefined ? '<dataset>' : `<${name}> within <${PARENTS[name] ?? 'nothing'}>`,
      })
    }
    open.push(name)
    if (Object.hasOwn(elements, name)) elements[name]?.(attributes as Record<string, string>)
  })
  parser.on('closetag', ({ name }) => {
    open.pop()
    if (name === 'image' && image) onImage(image)
  })
  parser.on('doctype', () => {
    throw new FacekpError({
      code: 'XML_DOCTYPE',
      file,
      line: parser.line,
      problem: 'a DOCTYPE is not read',
      expected: 'the XML of imglab, which has none',
    })
  })
  parser.on('error', ({ message }) => {
    throw new FacekpError({
      code: 'XML_INVALID',
      file,
      line: parser.line,
      problem: 'this is not well-formed XML',
      received: message,
      expected: 'the whole XML of imglab',
    })
  })
  return parser
}
