/** Replaces methods of an object; returns a function that puts the former ones back. */
export function override<T extends object>(object: T, methods: Partial<T>): () => void {
  const former = Object.getOwnPropertyDescriptors(object) as PropertyDescriptorMap
  Object.assign(object, methods)
  return () => {
    for (const name of Object.keys(methods)) {
      const descriptor = former[name]
      if (descriptor) Object.defineProperty(object, name, descriptor)
      else Reflect.deleteProperty(object, name)
    }
  }
}
