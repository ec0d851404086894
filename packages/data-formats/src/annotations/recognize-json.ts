import type { AnnotationFormat } from './annotations.ts'

/** Recognizes the format of annotations in JSON; undefined for JSON of another kind. */
export function recognizeJson(json: unknown): AnnotationFormat | undefined {
  if (Array.isArray(json)) {
    const [task] = json as readonly unknown[]
    return hasFields(task, 'data') && (hasFields(task, 'annotations') || hasFields(task, 'completions'))
      ? 'label-studio'
      : undefined
  }
  if (hasFields(json, 'images', 'annotations')) return 'coco'
  return hasFields(json, 'shapes', 'imagePath') ? 'labelme' : undefined
}

function hasFields(value: unknown, ...names: readonly string[]): boolean {
  return typeof value === 'object' && value !== null && names.every((name) => name in value)
}
