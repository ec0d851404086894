import { type Box, FacekpError } from '@facekp/core'
import { SaxesParser } from 'saxes'
import { z } from 'zod'
import { numberSchema, parseNumber, parseWholeNumber, positiveSchema, wholeNumberSchema } from './numbers.ts'
import { parseFields } from './parse-fields.ts'

/** An image of a list. */
export interface ImglabImage {
  /** Path from the folder of the list. */
  readonly file: string
  /** 1-based line of the list. */
  readonly line: number
  /** Width in pixels, if the list states it. */
  readonly width?: number | undefined
  /** Height in pixels, if the list states it. */
  readonly height?: number | undefined
  readonly boxes: readonly ImglabBox[]
}

/** A face, or a region that a detector ignores. */
export interface ImglabBox {
  /** Along pixel edges, as everywhere in facekp: dlib's left and top are those of the first pixel inside. */
  readonly box: Box
  /** 1-based line of the list. */
  readonly line: number
  readonly ignore: boolean
  /** Empty in a list of images without annotations. */
  readonly parts: readonly ImglabPart[]
}

/** A keypoint in pixels; (0, 0) is the center of the top-left pixel. */
export interface ImglabPart {
  /** 0-based number of the keypoint. */
  readonly number: number
  readonly x: number
  readonly y: number
}

const imageSchema = z.object({
  file: z.string().regex(/\S/, 'a path'),
  width: positiveSchema.optional(),
  height: positiveSchema.optional(),
})
const boxSchema = z.object({
  left: numberSchema,
  top: numberSchema,
  width: positiveSchema,
  height: positiveSchema,
  ignore: z.enum(['0', '1']).default('0'),
})
const partSchema = z
  .object({ name: wholeNumberSchema, x: numberSchema, y: numberSchema })
  .transform(({ name, x, y }) => ({ number: name, x, y }))

/** The parent of each element that is read. Other elements (name, comment, label) are ignored. */
const PARENTS: Readonly<Record<string, string | undefined>> = {
  dataset: undefined,
  images: 'dataset',
  image: 'images',
  box: 'image',
  part: 'box',
}

/**
 * Parses the XML of dlib's imglab as a stream, image by image. Parts may have any order; images may lack boxes, and boxes parts.
 * Expands no entities but the five of XML, and rejects a DOCTYPE.
 *
 * @param chunks the text, in pieces of any length
 * @param file name for errors
 * @throws FacekpError with file and line: `XML_INVALID` (truncated, badly nested, an unknown entity …), `XML_DOCTYPE`,
 *   `IMGLAB_NESTING` (such as a box outside an image), `IMGLAB_IMAGE`, `IMGLAB_BOX`, `IMGLAB_PART`, `IMGLAB_PART_DUPLICATE`
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
  const parser = createParser(file, (image) => images.push(image))
  for await (const chunk of chunks) {
    parser.write(chunk)
    yield* images.splice(0)
  }
  parser.close()
  yield* images.splice(0)
}

function createParser(file: string, onImage: (image: ImglabImage) => void): SaxesParser {
  const parser = new SaxesParser({ position: false, xmlns: false })
  const builder = new ImageBuilder(file)
  const openElements: string[] = []
  parser.on('opentag', ({ name, attributes }) => {
    checkNesting(name, openElements.at(-1), { file, line: parser.line })
    openElements.push(name)
    builder.add(name, attributes as Record<string, string>, parser.line)
  })
  parser.on('closetag', ({ name }) => {
    openElements.pop()
    if (name === 'image' && builder.image) onImage(builder.image)
  })
  parser.on('doctype', () => {
    throw new FacekpError({
      code: 'XML_DOCTYPE',
      file,
      line: parser.line,
      problem: 'the list has a DOCTYPE, which is not supported',
      expected: 'the XML of imglab, which has no DOCTYPE',
    })
  })
  parser.on('error', ({ message }) => {
    throw new FacekpError({
      code: 'XML_INVALID',
      file,
      line: parser.line,
      problem: 'invalid XML',
      received: message,
      expected: 'a complete XML list of imglab',
    })
  })
  return parser
}

function checkNesting(
  name: string,
  parent: string | undefined,
  { file, line }: { readonly file: string; readonly line: number },
): void {
  if (parent === undefined && name === 'dataset') return
  if (parent !== undefined && (!Object.hasOwn(PARENTS, name) || PARENTS[name] === parent)) return
  throw new FacekpError({
    code: 'IMGLAB_NESTING',
    file,
    line,
    problem: `misplaced element <${name}>`,
    received: parent === undefined ? 'the root of the file' : `within <${parent}>`,
    expected: parent === undefined ? '<dataset>' : `<${name}> within ${expectedParent(name)}`,
  })
}

function expectedParent(name: string): string {
  const parent = PARENTS[name]
  return parent === undefined ? 'no other element' : `<${parent}>`
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] extends readonly (infer Item)[] ? Item[] : T[Key] }

/** Builds an image with its boxes and parts from a sequence of elements. */
class ImageBuilder {
  image: Mutable<ImglabImage> | undefined
  readonly #file: string
  #box: Mutable<ImglabBox> | undefined
  #partNumbers = new Set<number>()

  constructor(file: string) {
    this.#file = file
  }

  add(element: string, attributes: Record<string, string>, line: number): void {
    if (element === 'image') this.#addImage(attributes, line)
    else if (element === 'box') this.#addBox(attributes, line)
    else if (element === 'part') this.#addPart(attributes, line)
  }

  #addImage(attributes: Record<string, string>, line: number): void {
    const location = { code: 'IMGLAB_IMAGE', file: this.#file, line, element: 'image' }
    this.image = { ...parseFields(imageSchema, attributes, location), line, boxes: [] }
  }

  #addBox(attributes: Record<string, string>, line: number): void {
    const location = { code: 'IMGLAB_BOX', file: this.#file, line, element: 'box' }
    const { ignore, ...box } = parseFields(boxSchema, attributes, location)
    this.#box = { box, line, ignore: ignore === '1', parts: [] }
    this.image?.boxes.push(this.#box)
    this.#partNumbers = new Set()
  }

  #addPart(attributes: Record<string, string>, line: number): void {
    const part = this.#parsePart(attributes, line)
    if (this.#partNumbers.has(part.number)) {
      throw new FacekpError({
        code: 'IMGLAB_PART_DUPLICATE',
        file: this.#file,
        line,
        problem: 'duplicate part number in one box',
        received: attributes['name'],
        expected: 'each number once',
      })
    }
    this.#partNumbers.add(part.number)
    this.#box?.parts.push(part)
  }

  /** Uses the schema only for errors: a list has hundreds of thousands of parts. */
  #parsePart(attributes: Record<string, string>, line: number): ImglabPart {
    const number = parseWholeNumber(attributes['name'])
    const x = parseNumber(attributes['x'])
    const y = parseNumber(attributes['y'])
    if (!Number.isNaN(number + x + y)) return { number, x, y }
    return parseFields(partSchema, attributes, { code: 'IMGLAB_PART', file: this.#file, line, element: 'part' })
  }
}
