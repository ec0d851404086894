import type { VNode } from 'preact'
import { splitEnding } from './split-ending.ts'

/** A name of a file. Its ending stays on its right if the name is written from right to left. */
export function FileName({ name }: { readonly name: string }): VNode {
  const { stem, ending } = splitEnding(name)
  return (
    <>
      <bdi>{stem}</bdi>
      {ending}
    </>
  )
}
