/** Returns where YOLO finds the labels of an image: `labels/a/b.txt` for `a/b.jpg` in the folder `images`, or for `images/a/b.jpg` beside it. */
export function nameYoloLabels(file: string): string {
  return `labels/${file.replace(/^images\//, '').replace(/\.[^./]*$/, '')}.txt`
}
